import type { DuckDBConnection } from '@duckdb/node-api';
import { busiestHourSelect } from '../../../src/core/sources/busiest-hour';
import type { SourceColumn } from '../../../src/core/sources/relation';
import { isTimeZone } from '../../../src/core/sources/times';
import { inputOf, openConnection, query, relationOf, runSource } from './run';

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await openConnection();
});

interface Case {
  value: string | null;
  type?: SourceColumn['type'];
  duckType?: string;
  timesIn?: string;
  zone?: string;
}

/** [local day, epoch milliseconds as an ISO instant, local hour, type_error] of one value. */
async function time({ value, type = 'text', duckType = 'varchar', timesIn, zone = 'Europe/Vienna' }: Case) {
  const relation = relationOf({ buyer: 'text', at: type }, [['b', value]], { at: duckType });
  const mapping = { customer_id: 'buyer', ordered_at: 'at' };
  const rest = { timeZone: zone, ...(timesIn ? { times_in: timesIn } : {}) };
  const [row] = await runSource(connection, inputOf('orders', relation, mapping, rest));
  const instant = row?.ordered_ms === null ? null : new Date(Number(row?.ordered_ms)).toISOString();
  return [row?.ordered_date, instant, row?.ordered_hour, row?.type_error];
}

const bad = [null, null, null, 'ordered_at:not_a_time'];
const noOffset = [null, null, null, 'ordered_at:no_offset'];
const plain = (day: string) => [day, null, null, null];

describe('texts are judged row by row', () => {
  test.each<[string, unknown[]]>([
    ['2024-03-05', plain('2024-03-05')],
    [' 2024-03-05 ', plain('2024-03-05')],
    ['20240305', plain('2024-03-05')],
    ['2024-02-29', plain('2024-02-29')],
    ['2024-02-30', bad],
    ['20230229', bad],
    ['2024-13-01', bad],
    ['05.03.2024', bad],
    ['2024-3-5', bad],
    ['2024-03-05 24:00:00', bad],
    ['2024-03-05 10:60:00', bad],
    ['2024-02-30 10:00:00Z', bad],
    ['yesterday', bad],
    ['1709596800', bad],
    ['', [null, null, null, 'ordered_at:missing']],
    ['2024-03-05 10:00', noOffset],
    ['2024-03-05T10:00:00', noOffset],
    ['2024-03-05T10:00:00Z', ['2024-03-05', '2024-03-05T10:00:00.000Z', 11, null]],
    ['2024-03-05 10:00:00 UTC', ['2024-03-05', '2024-03-05T10:00:00.000Z', 11, null]],
    ['2024-03-05T10:00:00.123456Z', ['2024-03-05', '2024-03-05T10:00:00.123Z', 11, null]],
    ['2024-03-05T10:00:00+02', ['2024-03-05', '2024-03-05T08:00:00.000Z', 9, null]],
    ['2024-03-05T10:00:00-0530', ['2024-03-05', '2024-03-05T15:30:00.000Z', 16, null]],
    ['2024-03-05 10:00:00.5+05:45', ['2024-03-05', '2024-03-05T04:15:00.500Z', 5, null]],
    ['2024-03-05T23:30Z', ['2024-03-06', '2024-03-05T23:30:00.000Z', 0, null]],
    ['2024-03-05T10:00:00+25:00', bad],
    ['2024-03-05T10:00:00 Europe/Vienna', bad],
    ['1969-12-31T23:59:59.999Z', ['1970-01-01', '1969-12-31T23:59:59.999Z', 0, null]],
  ])('%j', async (value, expected) => {
    expect(await time({ value })).toEqual(expected);
  });

  test.each<[string, string, unknown[]]>([
    ['UTC', '2024-03-05 23:30:00', ['2024-03-06', '2024-03-05T23:30:00.000Z', 0, null]],
    ['shop', '2024-03-05 23:30:00', ['2024-03-05', '2024-03-05T22:30:00.000Z', 23, null]],
    ['Europe/Vienna', '2024-03-05T23:30', ['2024-03-05', '2024-03-05T22:30:00.000Z', 23, null]],
    ['America/New_York', '2024-03-05 23:30:00', ['2024-03-06', '2024-03-06T04:30:00.000Z', 5, null]],
    ['UTC', '2024-03-05', plain('2024-03-05')],
    ['UTC', '2024-03-05T23:30:00+01:00', ['2024-03-05', '2024-03-05T22:30:00.000Z', 23, null]],
    ['shop', '2024-03-05T23:30:00Z', ['2024-03-06', '2024-03-05T23:30:00.000Z', 0, null]],
  ])('times_in %s: %j', async (timesIn, value, expected) => {
    expect(await time({ value, timesIn })).toEqual(expected);
  });
});

describe('typed columns', () => {
  const naive = { type: 'timestamp', duckType: 'timestamp' } as const;
  const instant = { type: 'instant', duckType: 'timestamptz' } as const;
  test.each<[string, Case, unknown[]]>([
    [
      'a date is never shifted',
      { value: '2024-03-05', type: 'date', duckType: 'date', timesIn: 'UTC' },
      plain('2024-03-05'),
    ],
    [
      'naive, shop',
      { value: '2024-03-05 00:00:00', ...naive, timesIn: 'shop' },
      ['2024-03-05', '2024-03-04T23:00:00.000Z', 0, null],
    ],
    [
      'naive, UTC',
      { value: '2024-03-05 23:00:00', ...naive, timesIn: 'UTC' },
      ['2024-03-06', '2024-03-05T23:00:00.000Z', 0, null],
    ],
    [
      'naive, UTC shop',
      { value: '2024-03-05 23:00:00.25', ...naive, timesIn: 'shop', zone: 'UTC' },
      ['2024-03-05', '2024-03-05T23:00:00.250Z', 23, null],
    ],
    [
      'instant',
      { value: '2024-03-05 22:59:59.999+00', ...instant },
      ['2024-03-05', '2024-03-05T22:59:59.999Z', 23, null],
    ],
    [
      'instant at a local midnight',
      { value: '2024-03-05 23:00:00+00', ...instant },
      ['2024-03-06', '2024-03-05T23:00:00.000Z', 0, null],
    ],
    [
      'summer in Vienna',
      { value: '2024-07-01 22:00:00', ...naive, timesIn: 'UTC' },
      ['2024-07-02', '2024-07-01T22:00:00.000Z', 0, null],
    ],
    [
      'before the spring change',
      { value: '2024-03-31 00:59:59', ...naive, timesIn: 'UTC' },
      ['2024-03-31', '2024-03-31T00:59:59.000Z', 1, null],
    ],
    [
      'after the spring change',
      { value: '2024-03-31 01:00:00', ...naive, timesIn: 'UTC' },
      ['2024-03-31', '2024-03-31T01:00:00.000Z', 3, null],
    ],
    [
      'first pass of the autumn hour',
      { value: '2024-10-27 00:30:00', ...naive, timesIn: 'UTC' },
      ['2024-10-27', '2024-10-27T00:30:00.000Z', 2, null],
    ],
    [
      'second pass of the autumn hour',
      { value: '2024-10-27 01:30:00', ...naive, timesIn: 'UTC' },
      ['2024-10-27', '2024-10-27T01:30:00.000Z', 2, null],
    ],
    [
      'New York, before and after midnight',
      { value: '2024-03-10 04:59:59+00', ...instant, zone: 'America/New_York' },
      ['2024-03-09', '2024-03-10T04:59:59.000Z', 23, null],
    ],
    [
      'New York in its spring change',
      { value: '2024-03-10 07:00:00+00', ...instant, zone: 'America/New_York' },
      ['2024-03-10', '2024-03-10T07:00:00.000Z', 3, null],
    ],
    ['a null is missing', { value: null, ...naive, timesIn: 'UTC' }, [null, null, null, 'ordered_at:missing']],
  ])('%s', async (_name, input, expected) => {
    expect(await time(input)).toEqual(expected);
  });

  test('texts and typed columns agree for every hour around the changes', async () => {
    const hours = ['2024-03-30', '2024-10-26', '2024-03-09', '2024-11-02'].flatMap((start) =>
      Array.from({ length: 48 }, (_, hour) => new Date(Date.parse(`${start}T00:30:00Z`) + hour * 3600e3).toISOString()),
    );
    for (const timeZone of ['Europe/Vienna', 'America/New_York']) {
      const relation = relationOf(
        { typed: 'instant', text: 'text' },
        hours.map((hour) => [hour, hour]),
        { typed: 'timestamptz' },
      );
      const mapping = { customer_id: 'text', ordered_at: 'typed', cancelled_at: 'text' };
      for (const row of await runSource(connection, inputOf('orders', relation, mapping, { timeZone }))) {
        const text = [row.cancelled_date, row.cancelled_ms, row.cancelled_hour];
        expect(text).toEqual([row.ordered_date, row.ordered_ms, row.ordered_hour]);
        const parts = new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'short' });
        const [day, clock] = parts.format(Number(row.ordered_ms)).split(' ');
        expect([row.ordered_date, row.ordered_hour]).toEqual([day, Number(clock?.slice(0, 2))]);
      }
    }
  });
});

test('the zones of the world are told from other texts', () => {
  expect(['UTC', 'Europe/Vienna', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'].filter(isTimeZone)).toHaveLength(4);
  expect(['', '+01:00', 'Vienna', "UTC'; drop", 'Europe/Wien'].filter(isTimeZone)).toEqual([]);
});

test.each(['timestamp', 'text'] as const)('the busiest hour under each reading, from %s', async (type) => {
  const rows = ['2024-07-01 09:10:00', '2024-07-02 09:20:00', '2024-07-02 23:20:00', null].map((value) => [value]);
  const relation = relationOf({ 'at "x"': type }, rows, { 'at "x"': type === 'text' ? 'varchar' : 'timestamp' });
  const found = await query(connection, busiestHourSelect(relation, 'at "x"', 'Europe/Vienna'));
  expect(found.sort((a, b) => String(a.reading).localeCompare(String(b.reading)))).toEqual([
    { reading: 'shop', busiest_hour: 9, row_count: '2' },
    { reading: 'UTC', busiest_hour: 11, row_count: '2' },
  ]);
});
