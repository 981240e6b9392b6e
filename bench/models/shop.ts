import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Definitions } from '../../src/core/definitions';
import { asOfModels } from '../../src/core/models/graph';
import type { Model } from '../../src/core/models/model';
import { featureFamilies } from '../../src/core/models/sidecar';
import type { RunPlan } from '../../src/core/run';
import type { FitWindow } from '../../src/core/scores/fit-windows';
import { openLocalCatalog } from '../../src/engines/duckdb/catalog';
import { systemClock } from '../../src/engines/duckdb/clock';
import { openDatabase } from '../../src/engines/duckdb/database';
import { openLocalStore } from '../../src/engines/duckdb/object-store';
import { openDuckDbEngine } from '../../src/engines/duckdb/query-engine';
import type { StepContext } from '../../src/pipeline/context';
import { readPlan } from '../../src/pipeline/notes';
import { planRun } from '../../src/pipeline/plan-run';
import { plannedNodes } from '../../src/pipeline/planned-nodes';
import { pollModel } from '../../src/pipeline/poll-model';
import { modelSql, readRelations } from '../../src/pipeline/relations';
import { sourceSql } from '../../src/pipeline/source-select';
import { startModel } from '../../src/pipeline/start-model';
import { loadDefinitions } from '../../src/project/load-definitions';

const EXAMPLES = resolve(__dirname, '../../examples');
const DATA_AS_WRITTEN = '../../../shared/data';
/** Where the public data lie: beside the checkout, as examples/README.md says. */
export const REAL_DATA = resolve(process.env.TIDEMARK_REAL_DATA ?? join(__dirname, '../../../shared/data'));

/** Everybody with a purchase by a date, by the product's own feature SQL, and who bought in the days after it. */
export interface Snapshot extends FitWindow {
  asOf: string;
  /** In the order of a hash of the id, so that a cut by row is a cut by chance. */
  customers: readonly string[];
  /** Purchase days within the horizon after the date. */
  laterDays: Float64Array;
}

/** The nodes whose tables the features of any date stand on. */
const ROLLUPS = ['purchase_days', 'return_days', 'return_source', 'category_days', 'activity_days', 'campaign_days'];
const STAGED = ['stg_identities', 'stg_customers'];

const SNAPSHOT_SQL = `
select
  features.*,
  later.person_id is not null as has_bought,
  coalesce(later.later_days, 0) as later_days,
  substr(lower(to_hex(sha256(to_utf8(features.customer_id)))), 1, 13) as place
from {{ ref('churn_features') }} as features
left join (
  select coalesce(ids.person_id, days.customer_id) as person_id, count(distinct days.day) as later_days
  from {{ ref('purchase_days') }} as days
  left join {{ ref('person_ids') }} as ids on days.customer_id = ids.customer_id
  where days.day > {{ param('as_of') }} and days.day <= cast(date_add('day', {{ param('label_days') }}, {{ param('as_of') }}) as date)
  group by coalesce(ids.person_id, days.customer_id)
) as later on features.customer_id = later.person_id
order by place, features.customer_id`;

/** An example over its public data, staged and rolled up by the product's pipeline, ready for features of any date. */
export class BenchShop {
  private constructor(
    readonly example: string,
    private readonly context: StepContext,
    private readonly plan: RunPlan,
    private readonly connection: DuckDBConnection,
    readonly close: () => Promise<void>,
  ) {}

  static async open(example: string): Promise<BenchShop> {
    if (!existsSync(REAL_DATA)) throw new Error(`no folder ${REAL_DATA}; TIDEMARK_REAL_DATA names it`);
    const folder = mkdtempSync(join(tmpdir(), 'tidemark-bench-models-'));
    const project = join(folder, 'project');
    const out = join(folder, 'out');
    cpSync(join(EXAMPLES, example), project, { recursive: true });
    const file = join(project, 'tidemark.yml');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(DATA_AS_WRITTEN, REAL_DATA));
    const engine = await openDuckDbEngine({ root: out });
    const ports = { engine, store: openLocalStore(out), catalog: openLocalCatalog(out), clock: systemClock };
    const context = { ports, definitions: await loadDefinitions(project), hashSalt: undefined };
    const plan = await rollUp(context);
    const instance = await openDatabase({ memoryLimit: '2GB' });
    const connection = await instance.connect();
    return new BenchShop(example, context, plan, connection, async () => {
      connection.closeSync();
      instance.closeSync();
      await engine.close();
      rmSync(folder, { recursive: true, force: true });
    });
  }

  /** The newest order day. */
  get lastDay(): string {
    return this.plan.run_date;
  }

  /** Features as of a date and the label of the days after it. */
  async snapshot(asOf: string, horizonDays: number): Promise<Snapshot> {
    const definitions = withEverythingInline(this.context.definitions);
    const context = { ...this.context, definitions };
    const features = definitions.models.get('churn_features') as Model;
    const relations = await readRelations(this.plan, [...ROLLUPS, ...STAGED], context);
    // Any date is one horizon before the run date, for a horizon made to fit.
    const days = (Date.parse(this.plan.run_date) - Date.parse(asOf)) / 86_400_000;
    relations.values = {
      ...relations.values,
      provided: { ...relations.values.provided, horizon_days: String(days) },
    };
    const model = {
      ...features,
      name: 'bench_snapshot',
      sql: SNAPSHOT_SQL.replaceAll("{{ param('label_days') }}", String(horizonDays)),
    };
    definitions.models.set('bench_snapshot', model);
    const sql = modelSql(model, 'backtest_date', relations, context, (name) =>
      sourceSql(name, relations.sources, context),
    );
    const reader = await this.connection.runAndReadAll(sql);
    return toSnapshot(asOf, reader.getColumnsObjectJS() as Record<string, unknown[]>, [
      ...featureFamilies(features.sidecar).keys(),
    ]);
  }
}

/** Runs the steps of a night as far as the tables that features of any date stand on. */
async function rollUp(context: StepContext): Promise<RunPlan> {
  const { run_id } = await planRun({}, context);
  const plan = await readPlan(context.ports.store, run_id);
  const nodes = plannedNodes(plan, context);
  const needed = new Set([...ROLLUPS, ...STAGED]);
  for (const node of [...nodes].reverse()) if (needed.has(node.id)) for (const id of node.after) needed.add(id);
  for (const node of nodes) {
    if (!needed.has(node.id)) continue;
    let progress = await startModel({ run_id, node: node.id }, context);
    while (progress.state !== 'done') progress = await pollModel(progress, context, 1000);
  }
  return plan;
}

/** The same models with those that a date decides put into the query that reads them: one query answers for a date. */
function withEverythingInline(definitions: Definitions): Definitions & { models: Map<string, Model> } {
  const dated = asOfModels(definitions.models);
  const models = [...definitions.models].map(([name, model]): [string, Model] => {
    if (!dated.has(name) || model.layer !== 'features') return [name, model];
    return [name, { ...model, sidecar: { ...model.sidecar, materialised: 'inline' } }];
  });
  return { ...definitions, models: new Map(models) };
}

function toSnapshot(asOf: string, values: Record<string, unknown[]>, names: readonly string[]): Snapshot {
  const column = (name: string): Float64Array =>
    Float64Array.from(values[name] as unknown[], (each) => (each === null ? Number.NaN : Number(each)));
  const customers = values.customer_id as string[];
  const labels = Uint8Array.from(values.has_bought as unknown[], (each) => (each === true ? 1 : 0));
  return {
    asOf,
    customers,
    laterDays: column('later_days'),
    rows: customers.length,
    hash: Float64Array.from(values.place as string[], (each) => Number.parseInt(each, 16)),
    labels,
    positives: labels.reduce((sum, each) => sum + each, 0),
    counts: {
      repeats: column('repeats'),
      span: column('span_days'),
      age: column('age_days'),
      weight: new Float64Array(customers.length).fill(1),
    },
    recency: column('recency_days'),
    value: column('repeat_mean_amount'),
    features: new Map(names.map((name) => [name, column(name)])),
  };
}
