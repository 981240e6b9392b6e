import { frozenModels } from '../core/models/frozen';
import type { RunPlan } from '../core/run';
import { fitWarnings } from '../core/scores/fit-warnings';
import { CONTRACT_VERSION, type Manifest, type ManifestTable, type StepCost } from '../core/snapshots/manifest';
import { type CostEstimate, costOf } from '../core/snapshots/night-cost';
import { nightUsage } from '../core/snapshots/night-usage';
import { summaryWarnings } from '../core/snapshots/warnings';
import type { SourceWindow } from '../core/sources/relation';
import { WIDTH } from '../core/waiting';
import type { StepContext } from './context';
import { demandModelNote, type GateNote, type ModelNote, readManifest } from './notes';
import { plannedNodes } from './planned-nodes';

/** Everything about one run, from the notes of the attempts that count. */
export async function buildManifest(
  plan: RunPlan,
  { audiences, spent, ...gate }: GateNote,
  context: StepContext,
): Promise<Manifest> {
  const { store, engine, clock } = context.ports;
  const nodes = plannedNodes(plan, context);
  const notes = new Map<string, ModelNote>();
  for (const node of nodes) notes.set(node.id, await demandModelNote(store, plan.run_id, node.id));
  const base = plan.base ? await readManifest(store, plan.base.manifest) : undefined;
  const steps = [...notes.values()].map(
    ({ node, seconds, check_seconds, rows, bytes_scanned, check_bytes_scanned, repeated_bytes_scanned }): StepCost => {
      const step = { model: node, seconds, check_seconds, rows, bytes_scanned, check_bytes_scanned };
      return { ...step, ...(repeated_bytes_scanned && { repeated_bytes_scanned }) };
    },
  );
  const facts = Object.fromEntries(
    [...notes.values()].filter((note) => Object.keys(note.facts).length > 0).map((note) => [note.node, note.facts]),
  );
  const parameters = parametersOf(plan, notes, context);
  const looks = {
    bytes_scanned: plan.looks.bytes_scanned + spent.bytes_scanned,
    seconds: plan.looks.seconds + spent.seconds,
    statements: (plan.looks.statements ?? 0) + (spent.statements ?? 0),
    waits: plan.looks.waits ?? 0,
  };
  return {
    contract_version: CONTRACT_VERSION,
    product_version: plan.product_version,
    run_date: plan.run_date,
    run_id: plan.run_id,
    base: plan.base,
    fresh: plan.fresh,
    supersedes: plan.supersedes,
    told: plan.told,
    definitions_hash: plan.definitions_hash,
    engine: engine.name,
    sources: sourcesOf(plan, notes),
    parameters,
    rollups: rollupsOf(plan, notes),
    tables: tablesOf(plan, notes, base, context),
    audiences,
    gate,
    ...scoreModels(parameters.score_parameters?.values),
    facts,
    warnings: [
      ...plan.warnings,
      ...[...notes.values()].flatMap((note) => note.warnings),
      ...fitWarnings(parameters.score_parameters?.values),
      ...summaryWarnings(facts),
    ],
    cost: {
      bytes_scanned: sum(steps, scannedBy) + looks.bytes_scanned,
      seconds: sum(steps, (step) => step.seconds + step.check_seconds) + looks.seconds,
      looks,
      steps,
      estimate: engine.name === 'athena' ? estimateOf(plan, spent, notes, context) : null,
    },
    published_at: new Date(clock.now()).toISOString(),
  };
}

/** Transitions and functions only where a state machine walks the night; the width that a deployment chose is not known here. */
function estimateOf(
  plan: RunPlan,
  counted: GateNote['spent'],
  notes: ReadonlyMap<string, ModelNote>,
  context: StepContext,
): CostEstimate {
  const steps = plannedNodes(plan, context).map(({ id, after }) => {
    const { files, ...note } = notes.get(id) as ModelNote;
    return { ...note, model: id, after, files: files.length };
  });
  const width = context.execution === undefined ? null : WIDTH;
  return costOf(nightUsage({ steps, looks: [plan.looks, counted], width }));
}

/** Made tonight or inherited: the values of the fit say which model scores whom. */
function scoreModels(values: Readonly<Record<string, string>> = {}): Pick<Manifest, 'score_model' | 'prospect_model'> {
  const model = (name = 'none', reason = 'no_model') => ({ name: name === 'none' ? null : name, reason });
  return {
    score_model: model(values.score_model, values.score_reason),
    prospect_model: model(values.prospect_model, values.prospect_reason),
  };
}

const scannedBy = ({ bytes_scanned, check_bytes_scanned, repeated_bytes_scanned = [] }: StepCost): number =>
  bytes_scanned + check_bytes_scanned + sum(repeated_bytes_scanned, (bytes) => bytes);

const sum = <T>(items: readonly T[], value: (item: T) => number): number =>
  items.reduce((total, item) => total + value(item), 0);

function sourcesOf(plan: RunPlan, notes: ReadonlyMap<string, ModelNote>): Manifest['sources'] {
  return Object.fromEntries(
    Object.entries(plan.sources).map(([name, source]) => {
      const staged = notes.get(`stg_${name}`);
      return [
        name,
        {
          ...source,
          rows: staged?.rows ?? 0,
          watermark: (staged?.facts.watermark as string | null) ?? null,
          window: windowOf(plan.windows[name]),
        },
      ];
    }),
  );
}

const windowOf = (window: SourceWindow | undefined): SourceWindow | null =>
  window?.from === undefined ? null : window;

/** The months this run made lie with its attempts, the others where base has them. */
function rollupsOf(plan: RunPlan, notes: ReadonlyMap<string, ModelNote>): NonNullable<Manifest['rollups']> {
  return Object.fromEntries(
    Object.entries(plan.rollups).map(([name, { id, from, earlier }]) => {
      const { prefix, files } = notes.get(name) as ModelNote;
      return [name, { id, parts: [{ prefix, files, ...(from !== null && { from }) }, ...earlier] }];
    }),
  );
}

function parametersOf(
  plan: RunPlan,
  notes: ReadonlyMap<string, ModelNote>,
  context: StepContext,
): Manifest['parameters'] {
  const made = frozenModels(context.definitions.models).flatMap((model) => {
    const note = notes.get(model.name);
    if (!note) return [];
    const table = {
      id: plan.frozen_ids[model.name] as string,
      as_of_date: String(note.facts.as_of_date ?? plan.cut_date),
      provisional: note.facts.is_provisional === 'true',
      prefix: note.prefix,
      values: note.values,
      inherited: false,
    };
    return [[model.name, table] as const];
  });
  const inherited = Object.entries(plan.inherited).map(
    ([name, table]) => [name, { ...table, inherited: true }] as const,
  );
  return Object.fromEntries([...inherited, ...made]);
}

/** Public tables: those of this run, and frozen ones of an earlier run as base lists them. */
function tablesOf(
  plan: RunPlan,
  notes: ReadonlyMap<string, ModelNote>,
  base: Manifest | undefined,
  context: StepContext,
): ManifestTable[] {
  return [...context.definitions.models.values()]
    .filter((model) => model.sidecar.public)
    .map((model): ManifestTable => {
      const earlier = plan.inherited[model.name] && base?.tables.find((table) => table.name === model.name);
      if (earlier) return earlier;
      const note = notes.get(model.name) as ModelNote;
      return {
        name: model.name,
        version: 1,
        prefix: note.prefix,
        files: note.files,
        rows: note.rows,
        columns: model.sidecar.columns.map(({ name, type }) => ({ name, type })),
        content_hash: note.content_hash as string,
      };
    });
}
