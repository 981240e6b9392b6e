import type { DuckDBConnection } from '@duckdb/node-api';
import { DefinitionErrors, SourceContractErrors } from '../../../src/core/errors';
import { derivedOrdersSelect } from '../../../src/core/sources/derived-orders';
import { sourceSelect, sourceSelectColumns } from '../../../src/core/sources/select';
import { type Columns, inputOf, openConnection, query, relationOf, runSource } from './run';

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await openConnection();
});

const day = '2024-03-05';
const number = { type: 'text', looks: 'decimal' } as const;
const whole = { type: 'text', looks: 'integer' } as const;
const columns: Columns = {
  id: 'text',
  buyer: 'text',
  day: 'text',
  total: number,
  tax: 'text',
  units: whole,
  test: { type: 'text', looks: 'boolean' },
};
const mapped = { order_id: 'id', customer_id: 'buyer', ordered_at: 'day' };

function shop(...rows: [id: string, total: string, tax: string, units: string, test: string][]) {
  return relationOf(
    columns,
    rows.map(([id, total, tax, units, test]) => [id, 'b', day, total, tax, units, test]),
  );
}

async function rowsOf(rows: Parameters<typeof shop>, more: object, rest: object = {}) {
  const input = inputOf('orders', shop(...rows), { ...mapped, ...more }, rest);
  const found = await runSource(connection, input);
  return found.sort((a, b) => String(a.order_id).localeCompare(String(b.order_id)));
}

describe('fragments over text files', () => {
  test.each<[string, string, unknown, unknown]>([
    ['numbers add up as decimals', 'total - tax', '8.0000', null],
    ['cents become money', 'units / 100', '0.0300', null],
    ['a factor of any digits', 'total * 1.19', '11.9595', null],
    ['a cast to a number', 'cast(tax as decimal(18,2)) + cast(units as bigint)', '5.0500', null],
    ['doubles only by name', 'cast(total as double) / nullif(cast(units as double), 0)', '3.3500', null],
    ['a case', "case when tax = '2.05' then total else 0 end", '10.0500', null],
    ['a date function', 'if(day_of_week(cast(day as date)) = 2, 1, 0)', '1.0000', null],
  ])('%s', async (_name, sql, amount, error) => {
    const [row] = await rowsOf([['1', '10.05', '2.05', '3', 'no']], { amount: { sql } });
    expect([row?.amount, row?.type_error]).toEqual([amount, error]);
  });

  test.each<[string, string]>([
    ['total - tax', 'amount:not_a_number'],
    ['units * 2 + total', 'amount:not_a_number'],
    ['cast(total as bigint)', 'amount:not_a_number'],
    ['cast(substr(total, 1) as bigint)', 'amount:not_a_bigint'],
  ])('%s of a text that is no number is an error of the row', async (sql, error) => {
    const [row] = await rowsOf([['1', 'free', '1', '1', 'no']], { amount: { sql } });
    expect([row?.amount, row?.type_error]).toEqual([null, error]);
  });

  test('what a case guards is no error', async () => {
    const rows = await rowsOf([['1', '-', '1', '1', 'no']], {
      amount: { sql: "case when total = '-' then 0 else total end" },
    });
    expect([rows[0]?.amount, rows[0]?.type_error]).toEqual(['0.0000', null]);
  });

  test('where keeps what it says, and rows it cannot judge as errors', async () => {
    const rows = await rowsOf(
      [
        ['1', '10', '0', '1', 'no'],
        ['2', '0', '0', '1', 'no'],
        ['3', 'free', '0', '1', 'no'],
        ['4', '10', '0', '1', 'yes'],
        ['C5', '9', '0', '1', 'no'],
      ],
      { amount: 'tax' },
      { where: "total > 0 and not test and id not like 'C%'" },
    );
    expect(rows.map((row) => [row.order_id, row.type_error])).toEqual([
      ['1', null],
      ['3', 'where:not_a_number'],
    ]);
  });

  test.each<[string, unknown]>([
    ['cast(day as date)', [day, null, null]],
    ['day', [day, null, null]],
    ["day || 'T10:00:00Z'", [day, '2024-03-05T10:00:00.000Z', 11]],
    ['from_unixtime(1709632800)', [day, '2024-03-05T10:00:00.000Z', 11]],
    ["with_timezone(cast(day as timestamp), 'America/New_York')", [day, '2024-03-05T05:00:00.000Z', 6]],
    [
      "coalesce(cast(nullif(day, '') as timestamp), timestamp '2024-01-01 00:00:00')",
      [day, '2024-03-05T00:00:00.000Z', 1],
    ],
  ])('a time made by %s', async (sql, expected) => {
    const [row] = await rowsOf([['1', '1', '1', '1', 'no']], { ordered_at: { sql } }, { times_in: 'UTC' });
    const instant = row?.ordered_ms === null ? null : new Date(Number(row?.ordered_ms)).toISOString();
    expect([row?.ordered_date, instant, row?.ordered_hour]).toEqual(expected);
  });
});

describe('refused at planning', () => {
  const thrown = (part: () => unknown) => {
    try {
      part();
    } catch (error) {
      return error;
    }
    throw new Error('nothing was thrown');
  };

  test('everything the data lack, at once', () => {
    const relation = relationOf({ Buyer: 'text', created: 'timestamp', flag: 'boolean', list: 'other' }, [
      ['b', null, null, null],
    ]);
    const mapping = {
      customer_id: 'byer',
      ordered_at: 'created',
      cancelled_at: 'flag',
      amount: 'flag',
      channel: 'list',
    };
    const error = thrown(() => sourceSelect(inputOf('orders', relation, mapping))) as SourceContractErrors;
    expect(error).toBeInstanceOf(SourceContractErrors);
    expect(error.exitCode).toBe(3);
    expect(error.errors.map((each) => [each.code, each.place])).toEqual([
      ['source_column_missing', { table: 'orders', column: 'customer_id' }],
      ['no_offset', { table: 'orders', column: 'ordered_at' }],
      ['source_column_type', { table: 'orders', column: 'amount' }],
      ['source_column_type', { table: 'orders', column: 'cancelled_at' }],
      ['source_column_type', { table: 'orders', column: 'channel' }],
    ]);
    expect(error.message).toContain('did you mean Buyer?');
    expect(error.message).toContain('has the type boolean; wanted is a date, a timestamp');
  });

  test('where that is a column instead of a condition', () => {
    const mapping = { customer_id: 'buyer', ordered_at: 'day' };
    const input = inputOf('orders', { ...relationOf(columns, []), relation: 'x' }, mapping, { where: 'buyer' });
    const error = thrown(() => sourceSelect(input)) as DefinitionErrors;
    expect(error.errors.map((each) => each.code)).toEqual(['sql_no_condition']);
    expect(error.message).toMatch(/where of orders: the text column buyer stands where a condition is needed/i);
  });

  test('everything the project file gets wrong, at once', () => {
    const relation = relationOf(columns, []);
    const mapping = {
      customer_id: { column: 'buyer', hash: true },
      order_id: { column: 'id', hash: true },
      amout: 'total',
      amount: { sql: 'totl - tax' },
      status: { column: 'id', values: { paid: 'complete' } },
      channel: { column: 'id', values: { a: 'b' } },
    };
    const input = inputOf('orders', { ...relation, relation: 'x' }, mapping, { where: 'id =', times_in: 'Vienna' });
    const error = thrown(() => sourceSelect(input)) as DefinitionErrors;
    expect(error).toBeInstanceOf(DefinitionErrors);
    expect(error.errors.map((each) => each.code).sort()).toEqual([
      'hash_not_allowed',
      'hash_salt_missing',
      'source_column_required',
      'source_column_unknown',
      'sql_incomplete',
      'sql_unknown_column',
      'time_zone_unknown',
      'value_unknown',
      'values_not_allowed',
    ]);
    expect(error.message).toContain('did you mean amount?');
    expect(error.message).toContain('did you mean total?');
    expect(error.message).toContain('did you mean completed?');
  });

  test.each(['__proto__', 'constructor', 'toString'])('a mapping of %s is an unknown column', (name) => {
    const mapping = JSON.parse(`{"customer_id":"buyer","ordered_at":"day","${name}":"id"}`);
    const error = thrown(() => sourceSelect(inputOf('orders', relationOf(columns, []), mapping))) as DefinitionErrors;
    expect(error.errors.map((each) => each.code)).toEqual(['source_column_unknown']);
  });
});

describe('orders derived from lines', () => {
  const lines = `create or replace table stg_order_lines as
    select order_id, customer_id, cast(amount as decimal(18,4)) as amount, cast(null as decimal(18,4)) as discount_amount,
      is_return, line_kind, cast(ms as bigint) as ordered_ms, cast('2024-03-05' as date) as ordered_date,
      cast(hour as integer) as ordered_hour, excluded_because
    from (values
      ('a', 'x', '10', false, 'goods', 2000, 10, null),
      ('a', 'x', '5.5', null, null, 1000, 9, null),
      ('a', 'x', '3', false, 'shipping', 1000, 9, null),
      ('a', 'x', '-5', true, 'goods', 1000, 9, null),
      ('a', 'x', '99', false, 'goods', 1, 1, 'duplicate'),
      ('b', null, '-5', true, 'goods', 1000, 9, null),
      ('c', 'y', null, false, 'goods', null, null, null)
    ) as t(order_id, customer_id, amount, is_return, line_kind, ms, hour, excluded_because)`;

  test('one row an order, with the columns of orders', async () => {
    await connection.run(lines);
    const sql = derivedOrdersSelect().replace("{{ ref('stg_order_lines') }}", 'stg_order_lines');
    const described = await query(connection, `describe ${sql}`);
    expect(described.map((row) => [row.column_name, String(row.column_type).toLowerCase()])).toEqual(
      sourceSelectColumns('orders').map((column) => [column.name, column.type]),
    );
    const rows = await query(connection, `select * from (${sql}) order by order_id`);
    expect(rows.map((row) => [row.order_id, row.customer_id, row.amount, row.ordered_ms, row.ordered_hour])).toEqual([
      ['a', 'x', '15.5000', '1000', 9],
      ['b', null, '0.0000', '1000', 9],
      ['c', 'y', null, null, null],
    ]);
  });
});
