import type { DuckDBConnection } from '@duckdb/node-api';
import { SourceContractErrors } from '../../../src/core/errors';
import { type SourceSelectInput, sourceSelect } from '../../../src/core/sources/select';
import { type Columns, inputOf, openConnection, relationOf, runSource } from './run';

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await openConnection();
});

const WINDOW = { column: 'dt', from: '2025-02-27' };
const PROMISE = { slackDays: 2, runDate: '2025-03-31' };

/** Orders in partitions: [partition, day] each, the id their place. */
function orders(type: Columns[string], rows: [string | null, string][], cast?: string): SourceSelectInput {
  const relation = relationOf(
    { id: 'text', day: 'text', dt: type },
    rows.map(([dt, day], index) => [String(index), day, dt]),
    cast ? { dt: cast } : {},
  );
  return inputOf('orders', relation, { order_id: 'id', customer_id: 'id', ordered_at: 'day' });
}

async function read(input: SourceSelectInput, partition: SourceSelectInput['partition']): Promise<unknown[]> {
  const rows = await runSource(connection, { ...input, partition });
  return rows.map((row) => [row.order_id, row.type_error]).sort();
}

const compact = { type: 'text', looks: 'integer' } as const;

describe('the rows of a window are read, by the type of the partition column', () => {
  const days = ['2024-12-31', '2025-02-26', '2025-02-27', '2025-03-01', '2025-12-31', '2026-01-01'];
  test.each<[string, Columns[string], (day: string) => string, string | undefined, string]>([
    ['a text with dashes', 'text', (day) => day, undefined, `"dt" >= '2025-02-27'`],
    ['a text with dashes and the hour', 'text', (day) => `${day}-05`, undefined, `"dt" >= '2025-02-27'`],
    ['a text of digits', compact, (day) => day.replaceAll('-', ''), undefined, `"dt" >= '20250227'`],
    ['a date', 'date', (day) => day, 'date', `"dt" >= date '2025-02-27'`],
    ['a whole number', 'integer', (day) => day.replaceAll('-', ''), 'integer', `"dt" >= 20250227`],
    ['a large whole number', 'integer', (day) => day.replaceAll('-', ''), 'bigint', `"dt" >= 20250227`],
  ])('%s', async (_name, type, written, cast, condition) => {
    const input = orders(
      type,
      days.map((day) => [written(day), day]),
      cast,
    );
    const partition = { window: WINDOW, ...PROMISE };
    expect(await read(input, partition)).toEqual(['2', '3', '4', '5'].map((id) => [id, null]));
    // A literal alone, on the column as it is: what Athena prunes partitions by.
    expect(sourceSelect({ ...input, partition })).toContain(`as source_relation\n  where ${condition}\n`);
    const whole = { window: { column: 'DT' }, ...PROMISE };
    expect(await read(input, whole)).toEqual(days.map((_, index) => [String(index), null]));
    expect(sourceSelect({ ...input, partition: whole })).not.toContain('as source_relation\n  where');
  });
});

describe('a row that no later night would find is an error of the row', () => {
  test.each<[string, Columns[string], string | undefined, string | null, string | null]>([
    ['as early as may be', 'text', undefined, '2025-03-08', null],
    ['a day earlier', 'text', undefined, '2025-03-07', 'partition:too_early'],
    ['a day earlier, as a date', 'date', 'date', '2025-03-07', 'partition:too_early'],
    ['a day earlier, in digits', compact, undefined, '20250307', 'partition:too_early'],
    ['a day earlier, as a number', 'integer', 'integer', '20250307', 'partition:too_early'],
    ['long after it', 'text', undefined, '2025-09-01', null],
    ['none', 'date', 'date', null, 'partition:missing'],
    ['an empty text', 'text', undefined, '', 'partition:missing'],
    ['a month', 'text', undefined, '2025-03', 'partition:not_a_day'],
    ['a day that does not exist', 'text', undefined, '2025-02-30', 'partition:not_a_day'],
    ['days since 1970', 'integer', 'integer', '20157', 'partition:not_a_day'],
    ['a month of digits', compact, undefined, '202503', 'partition:not_a_day'],
  ])('%s', async (_name, type, cast, dt, error) => {
    const input = orders(type, [[dt, '2025-03-10']], cast);
    expect(await read(input, { window: { column: 'dt' }, ...PROMISE })).toEqual([['0', error]]);
    // Where nothing is asked of the partition the row is as good as any other.
    expect(await read(input, undefined)).toEqual([['0', null]]);
  });

  test('a row after the run date may lie anywhere: it is ignored', async () => {
    const input = orders('text', [['2025-03-01', '2025-04-01']]);
    expect(await read(input, { window: { column: 'dt' }, ...PROMISE })).toEqual([['0', null]]);
  });

  test('an error of the row itself comes first', async () => {
    const input = orders('text', [['2025-03-01', '10.3.2025']]);
    expect(await read(input, { window: { column: 'dt' }, ...PROMISE })).toEqual([['0', 'ordered_at:not_a_time']]);
  });

  test('rows that `where` leaves out are not asked', async () => {
    const input = orders('text', [['week 9', '2025-03-01']]);
    const mapping = { ...input.mapping, where: "dt like '2025%'" };
    expect(await read({ ...input, mapping }, { window: { column: 'dt' }, ...PROMISE })).toEqual([]);
  });
});

test.each<[string, Columns[string], string, string, string]>([
  ['there is no such column', 'text', 'day_of_load', 'source_column_missing', 'there is no column "day_of_load"'],
  ['it is a number with a point', 'double', 'dt', 'source_column_type', 'has the type double; wanted is a date'],
  ['it is a time of day', 'timestamp', 'dt', 'source_column_type', 'has the type timestamp; wanted is a date'],
])('a partition column is refused where %s', (_name, type, column, code, found) => {
  const input = orders(type, [[null, '2025-03-01']]);
  const select = () => sourceSelect({ ...input, partition: { window: { column }, slackDays: 0 } });
  expect(select).toThrow(SourceContractErrors);
  try {
    select();
  } catch (error) {
    expect((error as SourceContractErrors).errors).toMatchObject([
      { code, found: expect.stringContaining(found), place: { table: 'orders', column: 'partition' } },
    ]);
  }
});
