import type { DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { SOURCE_NAMES } from '../../../src/core/sources/contract';
import { emptySourceSelect, sourceSelect, sourceSelectColumns } from '../../../src/core/sources/select';
import { type Columns, inputOf, openConnection, query, relationOf, runSource } from './run';

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await openConnection();
});

const day = '2024-03-05';
const orders = { customer_id: 'buyer', ordered_at: 'day' };
type Value = string | null;

/** What one contract column of orders makes of one value. */
async function one(
  column: string,
  value: Value,
  type: Columns[string] = 'text',
  duckType = 'varchar',
  mapping: Parameters<typeof inputOf>[2][string] = 'value',
) {
  const relation = relationOf({ buyer: 'text', day: 'text', value: type }, [['b', day, value]], { value: duckType });
  const [row] = await runSource(connection, inputOf('orders', relation, { ...orders, [column]: mapping }));
  return [row?.[column], row?.type_error, row?.unmapped_column];
}

describe('every source', () => {
  test.each(SOURCE_NAMES)('%s: unmapped it has the declared columns and no row', async (name) => {
    const described = await query(connection, `describe ${emptySourceSelect(name)}`);
    expect(described.map((row) => [row.column_name, String(row.column_type).toLowerCase()])).toEqual(
      sourceSelectColumns(name).map((column) => [column.name, column.type]),
    );
    expect(await query(connection, emptySourceSelect(name))).toEqual([]);
  });

  test('a mapped source has exactly the same columns and types', async () => {
    const relation = relationOf({ buyer: 'text', day: 'text', total: 'text' }, [['b', day, '1']]);
    const sql = sourceSelect(inputOf('orders', relation, { ...orders, amount: 'total' }));
    const described = await query(connection, `describe ${sql}`);
    expect(described.map((row) => [row.column_name, String(row.column_type).toLowerCase()])).toEqual(
      sourceSelectColumns('orders').map((column) => [column.name, column.type]),
    );
  });

  test('personal texts are checked and never come out, a birth date does', () => {
    const names = sourceSelectColumns('customers').map((column) => column.name);
    expect(names).toContain('birth_date');
    for (const personal of ['email', 'phone', 'first_name', 'last_name', 'postal_code'])
      expect(names).not.toContain(personal);
  });
});

describe('decimals from text', () => {
  const bad = [null, 'amount:not_a_number', null];
  test.each<[Value, unknown[]]>([
    ['12', ['12.0000', null, null]],
    ['12.5', ['12.5000', null, null]],
    [' -0.01 ', ['-0.0100', null, null]],
    ['+7', ['7.0000', null, null]],
    ['1.00005', ['1.0001', null, null]],
    ['', [null, null, null]],
    [null, [null, null, null]],
    ['1e3', bad],
    ['1_000', bad],
    ['1,5', bad],
    ['0x10', bad],
    ['NaN', bad],
    ['12.', bad],
    ['.5', bad],
    ['1 2', bad],
    ['free', bad],
    ['999999999999999', bad],
    ["1'; drop table x", bad],
  ])('%j', async (value, expected) => {
    expect(await one('amount', value)).toEqual(expected);
  });

  test('every decimal of up to four digits comes back exactly', async () => {
    const digits = fc.tuple(fc.bigInt(-99999999999999n, 99999999999999n), fc.integer({ min: 0, max: 9999 }));
    await fc.assert(
      fc.asyncProperty(fc.array(digits, { minLength: 1, maxLength: 40 }), async (numbers) => {
        const texts = numbers.map(([whole, part]) => `${whole}.${String(part).padStart(4, '0')}`);
        const relation = relationOf(
          { buyer: 'text', day: 'text', value: 'text' },
          texts.map((text, index) => [String(index), day, text]),
        );
        const rows = await runSource(connection, inputOf('orders', relation, { ...orders, amount: 'value' }));
        const back = rows.sort((a, b) => Number(a.customer_id) - Number(b.customer_id)).map((row) => row.amount);
        expect(back).toEqual(texts.map((text) => text.replace(/^-(0\.0000)$/, '$1')));
      }),
      { numRuns: 25 },
    );
  });
});

describe('typed columns', () => {
  test.each<[string, Value, Columns[string], string, unknown[]]>([
    ['amount', '3', 'integer', 'bigint', ['3.0000', null, null]],
    ['amount', '9223372036854775807', 'integer', 'bigint', [null, 'amount:not_a_number', null]],
    ['amount', '3.14159', 'decimal', 'decimal(20,5)', ['3.1416', null, null]],
    ['amount', '2.5', 'double', 'double', ['2.5000', null, null]],
    ['amount', 'nan', 'double', 'double', [null, 'amount:not_a_number', null]],
    ['amount', 'inf', 'double', 'double', [null, 'amount:not_a_number', null]],
    ['order_id', '17850', 'double', 'double', ['17850', null, null]],
    ['order_id', '17850.5', 'double', 'double', [null, 'order_id:not_a_text', null]],
    ['order_id', '42', 'integer', 'bigint', ['42', null, null]],
    ['order_id', '', 'text', 'varchar', [null, null, null]],
    ['is_gift', '1', 'integer', 'bigint', [true, null, null]],
    ['is_gift', '0', 'integer', 'bigint', [false, null, null]],
    ['is_gift', '2', 'integer', 'bigint', [null, 'is_gift:not_a_boolean', null]],
    ['is_gift', 'true', 'boolean', 'boolean', [true, null, null]],
    ...['true', 'T', 'Yes', 'y', '1', ' TRUE '].map((text): [string, Value, 'text', string, unknown[]] => {
      return ['is_gift', text, 'text', 'varchar', [true, null, null]];
    }),
    ...['false', 'F', 'NO', 'n', '0'].map((text): [string, Value, 'text', string, unknown[]] => {
      return ['is_gift', text, 'text', 'varchar', [false, null, null]];
    }),
    ['is_gift', 'maybe', 'text', 'varchar', [null, 'is_gift:not_a_boolean', null]],
    ['status', ' Completed ', 'text', 'varchar', ['completed', null, null]],
    ['status', 'paid', 'text', 'varchar', [null, null, 'status']],
    ['status', '', 'text', 'varchar', [null, null, null]],
  ])('%s from %j of %j %s', async (column, value, type, duckType, expected) => {
    expect(await one(column, value, type, duckType)).toEqual(expected);
  });

  test.each<[Value, unknown[]]>([
    ['paid', ['completed', null, null]],
    ["it's", ['cancelled', null, null]],
    ['Paid', [null, null, 'status']],
    ['completed', [null, null, 'status']],
    [null, [null, null, null]],
  ])('values are matched exactly: %j', async (value, expected) => {
    const mapping = { column: 'value', values: { paid: 'completed', "it's": 'cancelled' } };
    expect(await one('status', value, 'text', 'varchar', mapping)).toEqual(expected);
  });

  test.each<[string, Value, unknown, unknown]>([
    ['until_date', '2024-02-29', '2024-02-29', null],
    ['until_date', '20240229', '2024-02-29', null],
    ['until_date', '2023-02-29', null, 'until_date:not_a_date'],
    ['until_date', '29.02.2024', null, 'until_date:not_a_date'],
  ])('%s %j', async (column, value, expected, error) => {
    const relation = relationOf({ id: 'text', start: 'text', value: 'text' }, [['a', day, value]]);
    const [row] = await runSource(
      connection,
      inputOf('suppressions', relation, { customer_id: 'id', from_date: 'start', [column]: 'value' }),
    );
    expect([row?.[column], row?.type_error]).toEqual([expected, error]);
  });

  test.each<[string, unknown, unknown]>([
    ['12-24', '12-24', null],
    ['02-29', '02-29', null],
    ['1990-02-28', '02-28', null],
    ['02-30', null, 'month_day:not_a_month_day'],
    ['24.12.', null, 'month_day:not_a_month_day'],
    ['', null, 'month_day:missing'],
  ])('month and day %j', async (value, expected, error) => {
    const relation = relationOf({ id: 'text', kind: 'text', value: 'text' }, [['a', 'birthday', value]]);
    const columns = { customer_id: 'id', kind: 'kind', month_day: 'value' };
    const [row] = await runSource(connection, inputOf('occasions', relation, columns));
    expect([row?.month_day, row?.type_error]).toEqual([expected, error]);
  });
});

describe('rows as a whole', () => {
  test('a missing customer_id is kept, another missing required column is an error of the row', async () => {
    const relation = relationOf({ buyer: 'text', day: 'text' }, [
      ['', day],
      ['b', ''],
    ]);
    const rows = await runSource(connection, inputOf('orders', relation, orders));
    expect(rows.map((row) => [row.customer_id, row.type_error])).toEqual([
      [null, null],
      ['b', 'ordered_at:missing'],
    ]);
  });

  test('names with capitals, blanks and quotes, and hostile values, come through', async () => {
    const columns = { Buyer: 'text', 'the "day"; --': 'text', "it's": 'text' } as const;
    const hostile = `'); drop table x; -- {{ source('orders') }} 🎁`;
    const relation = relationOf(columns, [[hostile, day, '5']]);
    const mapping = { customer_id: 'buyer', ordered_at: 'the "day"; --', amount: { sql: '"it\'s" * 2' } };
    const [row] = await runSource(connection, inputOf('orders', relation, mapping));
    expect([row?.customer_id, row?.amount]).toEqual([hostile, '10.0000']);
  });

  test('a hashed id is sha256 of salt, colon and id', async () => {
    const relation = relationOf({ buyer: 'text', day: 'text' }, [
      ['cust-1', day],
      [null, day],
    ]);
    const mapping = { customer_id: { column: 'buyer', hash: true }, ordered_at: 'day' };
    const rows = await runSource(connection, inputOf('orders', relation, mapping, { hashSalt: 'salt' }));
    const ids = rows.map((row) => row.customer_id);
    expect(ids).toContain(null);
    const { createHash } = await import('node:crypto');
    expect(ids).toContain(createHash('sha256').update('salt:cust-1').digest('hex'));
  });
});
