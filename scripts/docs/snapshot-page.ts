import { createHash } from 'node:crypto';
import type { Model } from '../../src/core/models/model';
import type { Column } from '../../src/core/models/sidecar';
import { CONTRACT_VERSION, type Manifest, type ManifestTable, type Pointer } from '../../src/core/snapshots/manifest';
import { code, describedGrain, list, page, table } from './markdown';

const POINTER: Record<keyof Pointer, string> = {
  run_date: 'The night that readers see: the last complete local day it looks at',
  run_id: 'Its run: `<run_date>-<12 hexadecimal digits>`, a hash of everything the run was made from',
  manifest: 'Key of its manifest',
  nights: 'Every published night still kept: run date to key of its manifest',
};

const MANIFEST: Record<keyof Manifest, string> = {
  contract_version: `Version of this contract: ${CONTRACT_VERSION}. It grows only when something here changes its meaning`,
  product_version: 'Version of Tidemark that made the run',
  run_date: 'As in the pointer',
  run_id: 'As in the pointer',
  base: 'The published night before this one that `changes` builds on, `{ run_date, run_id, manifest }`; null for the first',
  supersedes: 'Run id of the run of the same date that this one replaces, else null',
  told: 'The nights whose promises fell due with this one, each `{ run_date, run_id, manifest, horizon_days }`; `receipts` judges them',
  fresh:
    'What `run --fresh` marked the run with, so that it is another one than an earlier run of equal inputs; else null',
  definitions_hash: 'sha256 of project file, segments, models and product version',
  engine: 'What computed it, such as duckdb',
  sources:
    'By source: `fingerprint`, `bytes` and `files` of what was read, `rows`, and `watermark`, the newest day in it. Where a `partition` let the run read only late days, `window` holds its `column` and the first day read, `from`, and all the numbers are of these days; else it is null',
  parameters:
    'By frozen table: its `id`, `as_of_date`, whether it is `provisional`, its `prefix`, the `values` it decides, and whether it was `inherited` from base',
  rollups:
    'For later runs, not for readers: by rollup its `id` and the `parts` that own its calendar months, each `{ prefix, files, from, before }`; `from` and `before` are first days of months, left out where the part owns all of them',
  tables: 'The public tables: see below',
  audiences:
    'By audience `id`, `name`, `status`, `definition_hash`, `member_count`, `entered_count`, `left_count`, counted from the published files',
  gate: 'What the gate before publishing found: `outcome` (no_base, open, or accepted where somebody published though it was closed), the `nights` since base, the `findings` that held it back, and what moved as far but is only `reported`; each with kind, name, before, now and what is allowed',
  score_model: 'Which model scored churn and value (`name`), and why this one (`reason`)',
  prospect_model: 'the same for registered people without a purchase',
  facts: 'Numbers of the run by model, such as orders left out and why',
  warnings: 'What somebody should look at: `code` and `message`',
  cost: '`bytes_scanned` and `seconds` of the run, of the `looks` at sources before it had a plan and at audiences once all was written, and of each step: its write and its check. `estimate`, on Athena only, else null: what AWS bills for the night in USD (`athena_usd`, `lambda_usd`, `transitions_usd`, `s3_usd`, `total_usd`) by the prices of the month `prices_of`',
  published_at: 'Time of day of the publication, UTC',
};

const TABLE: Record<keyof ManifestTable, string> = {
  name: 'Name of the table',
  version: 'Version of its shape: columns are added within a version, never removed or given another meaning',
  prefix: 'Where its files lie. A table that was kept from an earlier night lies with that night',
  files: 'The files to read, each `{ key, bytes, rows }`. Nothing else under the prefix belongs to the table',
  rows: 'Rows of all files together',
  columns: 'Columns in order, each `{ name, type }`',
  content_hash: '`<rows>:<sum>`, see below',
};

const MAIN = ['people', 'audiences', 'memberships', 'changes'];

/** The public contract: the tree, how to read it, how to check it, every public table with its columns. */
export function snapshotPage(models: readonly Model[]): string {
  const tables = models.filter((model) => model.sidecar.public);
  const main = MAIN.map((name) => tables.find((model) => model.name === name) as Model);
  const others = tables.filter((model) => !MAIN.includes(model.name));
  return page(
    'The published snapshot',
    'What a run leaves for others to read, on a disk or in a bucket: this page is all a reader needs, in any language.',
    '## The tree',
    TREE,
    'Keys are relative to the root (`out` beside `tidemark.yml`, or `--out`) and use `/`. No folder name is a value: the run date is a column.',
    '## How to read it',
    READING,
    '## current.json',
    fieldsTable(POINTER),
    '## The manifest',
    'Fields may be added: pass over those you do not know.',
    fieldsTable(MANIFEST),
    'Each of `tables`:',
    fieldsTable(TABLE),
    '## The content hash',
    hashPart(main[3] as Model),
    '## Types',
    TYPES,
    '# Tables',
    'Every table has one row a key, keys are never null, and no order of rows is promised.',
    ...main.map(tablePart),
    'The tables below say where scores and stages come from. Those with `is_provisional` are kept for a quarter (the horizon until its definitions change) unless they are provisional.',
    ...others.map(tablePart),
  );
}

const TREE = [
  '```',
  '<root>/',
  '  current.json                                    which night readers see',
  '  manifests/<run_id>.json                         everything about one run',
  '  tables/<table>/v1/<run_id>/<attempt>/*.parquet  Parquet, zstd',
  '  runs/<run_id>/...                               working notes of a run: not for readers',
  '```',
].join('\n');

const READING = [
  '1. Read `current.json`. For an earlier night take its key from `nights`.',
  '2. Read the manifest it names. A manifest that `nights` does not name is a leftover: nobody reads it.',
  '3. For a table, read exactly the files that `tables[].files` lists, all of them.',
  '4. Nothing you have opened this way changes while you read: a new night writes new files and replaces `current.json` last, so you see one night or the other, never a mixture.',
  '',
  "**Applying changes.** `changes` leads from the memberships of `base` to those of this night. Remember the `run_id` whose state you hold. If the manifest's `base.run_id` is that one, apply its changes: `insert` adds the pair of person and audience, `delete` takes it out. In every other case (you hold nothing, you missed a night, you hold a run that `supersedes` names, or the pointer shows a night that you hold under another `run_id`) load `memberships` whole. If you missed nights, you may also walk the manifests in `nights` forward from the one you hold, as long as each one's `base` is the one before.",
].join('\n');

const TYPES = table(
  ['type', 'in Parquet', 'text in the hash'],
  [
    [code('varchar'), 'UTF-8 string', 'as it is'],
    [`${code('bigint')}, ${code('integer')}`, '64 and 32 bits, signed', 'digits, `-` before negative ones'],
    [
      code('decimal(p,s)'),
      'DECIMAL(p, s)',
      'always s digits after the point, at least one before it: `0.50`, `-12.00`',
    ],
    [code('boolean'), 'boolean', '`true` or `false`'],
    [code('date'), 'DATE, days since 1970-01-01', '`2026-01-31`'],
    [code('double'), '64-bit float', 'left out; compare at 1e-9'],
  ],
);

function fieldsTable(fields: Record<string, string>): string {
  return table(
    ['field', 'holds'],
    Object.entries(fields).map(([name, holds]) => [code(name), holds]),
  );
}

/** The rule, and one row worked through, so that another implementation can be checked against it. */
function hashPart(example: Model): string {
  const values: Record<string, string | null> = {
    person_id: 'c-17 "Mo"',
    audience_id: 'champions',
    operation: 'insert',
    cause: null,
    run_date: '2026-01-31',
  };
  const names = example.sidecar.columns.filter(({ type }) => type !== 'double').map(({ name }) => name);
  const text = names.map((name) => quoted(values[name] ?? null)).join(',');
  const digits = createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 15);
  return [
    'Equal rows have an equal hash, in whatever order and files they lie and whichever engine wrote them. `content_hash` is `<rows>:<sum>`:',
    [
      '1. The text of a row: its values joined by `,`, in the order of `columns` in the manifest, columns of type double left out. NULL is nothing at all; every other value stands in double quotes, quotes inside it doubled, written as under [Types](#types).',
      '2. sha256 of that text in UTF-8, in lower-case hexadecimal; its first 15 digits read as a whole number.',
      '3. The sum of these numbers over all rows, exact: it needs more than 64 bits. An empty table has `0:0`.',
    ].join('\n'),
    `Worked through for a row of \`${example.name}\` (${list(names)}) whose cause is NULL:`,
    [
      '```',
      text,
      `sha256 begins ${digits}`,
      `content_hash of a table with this row alone: 1:${BigInt(`0x${digits}`)}`,
      '```',
    ].join('\n'),
  ].join('\n\n');
}

const quoted = (value: string | null): string => (value === null ? '' : `"${value.replaceAll('"', '""')}"`);

function tablePart(model: Model): string {
  const { about, grain } = describedGrain(model.sidecar.description);
  const key = model.sidecar.unique_key;
  return [
    `## ${model.name}`,
    about,
    `${grain}. ${key.length > 0 ? `Key: ${list(key)}.` : ''}`.trim(),
    table(['column', 'type', 'meaning'], model.sidecar.columns.map(columnRow)),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function columnRow({ name, type, description, values }: Column): string[] {
  const isTold = (values ?? []).every((value) => description.includes(value));
  return [code(name), code(type), isTold ? description : `${description}. One of ${list(values ?? [])}`];
}
