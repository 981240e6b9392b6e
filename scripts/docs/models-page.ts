import { LAYERS, type Model, splitReference } from '../../src/core/models/model';
import { placeholders } from '../../src/core/models/render';
import { code, describedGrain, list, page, table, told } from './markdown';

const ABOUT_LAYER: Record<string, string> = {
  settings: 'Presets and settings as small relations, made from `tidemark.yml` and `segments/`.',
  staging: 'One model a source: typed, judged, nothing thrown away that must be counted.',
  rollups: 'One row a customer and day.',
  features: 'One row a person as of a date; identities are applied here.',
  scores: 'RFM, lifecycle, cut points, and the wide row that people is made of.',
  snapshots:
    'The public tables, and what they are made of: who is in which segment, what became of what people were told.',
};

const MATERIALISED = {
  table: 'a table',
  inline: 'inline: put into the query that reads it',
  table_at_run_date: 'a table tonight, inline at other dates',
};

const FROZEN = {
  no: '',
  quarter: "kept until the next quarter's date",
  fit: 'kept until the next Monday',
  kept: 'kept until its definitions change',
};

/** Every model: what it holds, how it is kept, what it reads and who reads it, what is checked. */
export function modelsPage(models: readonly Model[]): string {
  const known = new Map(models.map((model) => [model.name, model]));
  const layers = LAYERS.map((layer) => [layer, models.filter((model) => model.layer === layer)] as const);
  return page(
    'Models',
    'A night computes these, layer by layer. How they are written: [sql/README.md](../../sql/README.md). What is published: [snapshot.md](snapshot.md). The names below are those of the files under `sql/`, except for models that are made from settings, mapping and segments.',
    'Every table with a key is checked for keys that stand on more than one row (`unique_key`) or are missing (`null_key`). Checks of level `fail` and `refuse` stop the run ([errors.md](errors.md)); `warn` is told in the summary and the manifest.',
    ...layers
      .filter(([, ofLayer]) => ofLayer.length > 0)
      .flatMap(([layer, ofLayer]) => [
        `## ${layer}`,
        ABOUT_LAYER[layer] ?? '',
        ...ofLayer.map((model) => modelPart(model, known)),
      ]),
  );
}

function modelPart(model: Model, known: ReadonlyMap<string, Model>): string {
  const { sidecar } = model;
  const { about, grain } = describedGrain(sidecar.description);
  const kept = [MATERIALISED[sidecar.materialised], FROZEN[sidecar.frozen], sidecar.public ? '**published**' : ''];
  const reads = readsOf(model);
  const readers = [...known.values()].filter((other) => readsOf(other).some((one) => nameOf(one) === model.name));
  const facts: [string, string][] = [
    ['Row', grain],
    ['Key', list(sidecar.unique_key)],
    ['Kept as', kept.filter(Boolean).join('; ')],
    [
      'Reads',
      reads.map((one) => (known.has(nameOf(one)) ? `[${one}](#${nameOf(one)})` : `source ${code(one)}`)).join(', '),
    ],
    ['Read by', readers.map(({ name }) => `[${name}](#${name})`).join(', ')],
    ['Decides', list(Object.keys(sidecar.provides))],
    ['Tells the manifest', list(Object.keys(sidecar.facts))],
  ];
  const lines = facts.filter(([, text]) => text !== '').map(([name, text]) => `- ${name}: ${text}`);
  const checks = sidecar.checks.map((check) => [code(check.name), check.level, told(check)]);
  return [
    `### ${model.name}`,
    about,
    [...lines, `- Written in: ${writtenIn(model)}`].join('\n'),
    checks.length > 0 ? table(['check', 'level', 'told as'], checks) : '',
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** Other models as `ref` names them, with their date, and sources; each once. */
function readsOf(model: Model): string[] {
  const uses = placeholders(model.sql).filter((use) => use.kind !== 'param');
  return [...new Set(uses.map((use) => use.argument))];
}

const nameOf = (reference: string): string => splitReference(reference).name;

function writtenIn({ file }: Model): string {
  if (!file.startsWith('sql/')) return code(file);
  return `[${file}](../../${file}), [its sidecar](../../${file.replace(/\.sql$/, '.yml')})`;
}
