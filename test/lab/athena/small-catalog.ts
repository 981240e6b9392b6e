import type { ModelSet } from '../../../src/core/models/graph';
import type { Pointer } from '../../../src/core/snapshots/manifest';
import { attemptPrefix, manifestKey } from '../../../src/core/snapshots/paths';
import type { AthenaSettings } from '../../../src/engines/athena/settings';
import type { Ports } from '../../../src/pipeline/context';
import { model, modelSet } from '../../core/models/model';
import type { AthenaLab } from './athena-lab';

export const column = (name: string, type: string) => ({ name, type, description: `The ${name}` });
export const PEOPLE = [column('id', 'varchar'), column('spend', 'decimal(18,2)'), column('score', 'integer')];
export const MONTHS = [column('month', 'date'), column('n', 'bigint')];
export const COLUMNS = PEOPLE.map((each) => ({ ...each, segmentable: false }));
export const PERSON = { public: true, unique_key: ['id'], columns: PEOPLE };

/** What every catalog here is of: one public table, a rollup, and what is staged. */
export function models(more: ReturnType<typeof column>[] = []): ModelSet {
  return modelSet(
    model('stg_orders', 'staging', 'select 1 as x'),
    model('month_sums', 'rollups', "select x from {{ ref('stg_orders') }}", { columns: MONTHS }),
    model('people', 'snapshots', "select x from {{ ref('month_sums') }}", { ...PERSON, columns: [...PEOPLE, ...more] }),
  );
}

export const RUN = (day: number) => `2026-01-0${day}-00000000000${day}`;

/** A place of its own with the tables of these models. */
export async function place(
  lab: AthenaLab,
  name: string,
  rebuild = true,
): Promise<{ settings: AthenaSettings; ports: Ports }> {
  const settings = lab.settings(`cat_${name}`);
  const ports = lab.ports(settings);
  if (rebuild) await ports.catalog.rebuild(models(), []);
  return { settings, ports };
}

const rowsSql = (ids: readonly string[]): string =>
  `select * from (values ${ids.map((id, index) => `('${id}', cast(${index} as decimal(18,2)), ${index})`).join(', ')}) as t (id, spend, score)`;

export async function finish(ports: Ports, handle: { id: string }): Promise<void> {
  for (;;) {
    const state = await ports.engine.poll(handle, 1000);
    if (state.status === 'failed') throw state.error;
    if (state.status === 'succeeded') return;
  }
}

/** Writes an attempt of people and registers it, as a night does. */
export async function write(ports: Ports, runId: string, attempt: number, ids: readonly string[]): Promise<string> {
  const prefix = attemptPrefix('people', runId, attempt);
  const sql = ids.length > 0 ? rowsSql(ids) : `${rowsSql(['none'])} where false`;
  await finish(ports, await ports.engine.start({ sql, writeTo: prefix }));
  await ports.catalog.register('people', runId, attempt, { prefix });
  return prefix;
}

export async function idsOf(ports: Ports, relation: string): Promise<unknown[]> {
  const handle = await ports.engine.start({ sql: `select id from ${relation} as t order by id` });
  await finish(ports, handle);
  return (await ports.engine.rows(handle)).map((row) => row.id);
}

/** The partitions that a query reads, as the planner sees them: the values of a key. */
export async function partitionsRead(
  lab: AthenaLab,
  settings: AthenaSettings,
  sql: string,
  key: string,
): Promise<string[]> {
  const { rows } = await lab.trino(settings.database).query(`explain (type io, format json) ${sql}`);
  const plan = JSON.parse(String(rows[0]?.[0])) as {
    inputTableColumnInfos: {
      constraint: {
        columnConstraints: {
          columnName: string;
          domain: { ranges: { low: { value: string }; high: { value: string } }[] };
        }[];
      };
    }[];
  };
  return plan.inputTableColumnInfos.flatMap(({ constraint }) =>
    constraint.columnConstraints
      .filter(({ columnName }) => columnName === key)
      .flatMap(({ domain }) =>
        domain.ranges.map(({ low, high }) => (low.value === high.value ? low.value : 'a range')),
      ),
  );
}

export const errorOf = (call: Promise<unknown>): Promise<{ code?: string; found?: string; remedy?: string }> =>
  call.then(
    () => {
      throw new Error('nothing was thrown');
    },
    (error: { code?: string }) => error,
  );

export const pointer = (day: number): Pointer => {
  const manifest = manifestKey(RUN(day));
  return {
    run_date: RUN(day).slice(0, 10),
    run_id: RUN(day),
    manifest,
    nights: { [RUN(day).slice(0, 10)]: manifest },
  };
};

/** A place with two published nights that no view shows yet. */
export async function twoNights(lab: AthenaLab, name: string) {
  const found = await place(lab, name);
  for (const [day, ids] of [
    [1, ['a']],
    [2, ['b', 'c']],
  ] as const) {
    const prefix = await write(found.ports, RUN(day), day, ids);
    await found.ports.catalog.publish(RUN(day), [{ name: 'people', prefix }]);
  }
  return found;
}
