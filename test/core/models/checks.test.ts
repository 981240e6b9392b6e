import { createHash } from 'node:crypto';
import { judgeChecks } from '../../../src/core/models/check-results';
import { checkQuery } from '../../../src/core/models/checks';
import { type ModelDatabase, openModelDatabase } from '../../support/model-database';
import { relationOf } from '../../support/relations';
import { model, thrownBy } from './model';

const COLUMNS = [
  { name: 'id', type: 'varchar', description: 'Key' },
  { name: 'day', type: 'date', description: 'Day' },
  { name: 'amount', type: 'decimal(18,2)', description: 'Money' },
  { name: 'score', type: 'integer', description: 'Number' },
  { name: 'count', type: 'bigint', description: 'Number' },
  { name: 'is_new', type: 'boolean', description: 'Flag' },
  { name: 'chance', type: 'double', description: 'Never hashed' },
];

const ROWS = [
  { id: 'plain', day: '2026-03-31', amount: '10.5', score: 5, count: '9007199254740993', is_new: true, chance: 0.1 },
  {
    id: 'a "quoted" one, with a comma',
    day: '2000-02-29',
    amount: '-0.01',
    score: -1,
    count: 0,
    is_new: false,
    chance: 0.2,
  },
  { id: '', day: null, amount: null, score: null, count: null, is_new: null, chance: null },
  { id: "o'neil; drop table x -- 🙂", day: '1999-12-31', amount: '0', score: 0, count: 1, is_new: true, chance: 1e300 },
];

/** Contract section 4, written down a second time: what anybody who checks a snapshot would write. */
function contentHash(rows: readonly (readonly (string | null)[])[]): string {
  const sum = rows.reduce((total, row) => {
    const text = row.map((value) => (value === null ? '' : `"${value.replaceAll('"', '""')}"`)).join(',');
    return total + BigInt(`0x${createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 15)}`);
  }, 0n);
  return `${rows.length}:${sum}`;
}

const TEXTS = [
  ['plain', '2026-03-31', '10.50', '5', '9007199254740993', 'true'],
  ['a "quoted" one, with a comma', '2000-02-29', '-0.01', '-1', '0', 'false'],
  ['', null, null, null, null, null],
  ["o'neil; drop table x -- 🙂", '1999-12-31', '0.00', '0', '1', 'true'],
];

let database: ModelDatabase;
beforeAll(async () => {
  database = await openModelDatabase();
});
afterAll(() => database.close());

async function outcomeOf(rows: Parameters<typeof relationOf>[2], sidecar: Record<string, unknown> = {}) {
  const checked = model('people', 'snapshots', 'select 1', {
    columns: COLUMNS,
    public: true,
    unique_key: ['id'],
    ...sidecar,
  });
  const query = checkQuery(checked.sidecar, relationOf('people', checked.sidecar.columns, rows));
  const { rows: found } = await database.read(query);
  expect(found).toHaveLength(1);
  return judgeChecks(checked, found[0] as Parameters<typeof judgeChecks>[1]);
}

const refusalOf = (rows: Parameters<typeof relationOf>[2], sidecar: Record<string, unknown> = {}) =>
  outcomeOf(rows, sidecar).then(
    () => {
      throw new Error('nothing was refused');
    },
    (error: unknown) => error,
  );

describe('the content hash', () => {
  test('is that of the contract: quotes, nulls, decimals at their scale, flags, dates, no doubles', async () => {
    expect((await outcomeOf(ROWS)).content_hash).toBe(contentHash(TEXTS));
  });

  test('does not depend on the order of rows, nor on doubles', async () => {
    const other = [...ROWS].reverse().map((row) => ({ ...row, chance: 0.7 }));
    expect((await outcomeOf(other)).content_hash).toBe(contentHash(TEXTS));
  });

  test('tells an empty text from none, and one column from the next', async () => {
    const hashes = await Promise.all(
      [
        { id: 'a', day: '2026-01-01' },
        { id: 'a', amount: 1 },
        { id: 'a', score: 1 },
        { id: 'a', count: 1 },
        { id: '' },
      ].map(async (row) => (await outcomeOf([row])).content_hash),
    );
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(hashes[4]).toBe(contentHash([['', null, null, null, null, null]]));
  });

  test('of no rows is nothing', async () => {
    const outcome = await outcomeOf([]);
    expect(outcome).toMatchObject({ rows: 0, content_hash: '0:0' });
  });

  test('counts a row as often as it is there', async () => {
    const outcome = await outcomeOf([ROWS[0] as (typeof ROWS)[0], ROWS[0] as (typeof ROWS)[0]], { unique_key: [] });
    expect(outcome.content_hash).toBe(contentHash([TEXTS[0] as string[], TEXTS[0] as string[]]));
  });

  test('is made for public tables only', async () => {
    expect((await outcomeOf(ROWS, { public: false })).content_hash).toBeNull();
  });
});

describe('keys', () => {
  test('a key on two rows fails, and is counted once', async () => {
    const twice = [{ id: 'a' }, { id: 'a' }, { id: 'a' }, { id: 'b' }, { id: 'b' }, { id: 'c' }];
    expect(await refusalOf(twice)).toMatchObject({
      name: 'CheckFailedError',
      code: 'unique_key',
      place: { table: 'people' },
      found: '2 values of id stand on more than one row',
    });
  });

  test('a key of several columns may repeat in one of them', async () => {
    const rows = [
      { id: 'a', score: 1 },
      { id: 'a', score: 2 },
    ];
    expect((await outcomeOf(rows, { unique_key: ['id', 'score'] })).rows).toBe(2);
    expect(await refusalOf([...rows, { id: 'a', score: 2 }], { unique_key: ['id', 'score'] })).toMatchObject({
      code: 'unique_key',
    });
  });

  test('a null in a key fails', async () => {
    expect(await refusalOf([{ id: 'a' }, { score: 1 }])).toMatchObject({
      name: 'CheckFailedError',
      code: 'null_key',
      found: '1 row has no id',
    });
  });
});

describe('checks of a sidecar', () => {
  const check = (level: string, more: Record<string, unknown> = {}) => ({
    checks: [
      {
        name: 'low_scores',
        level,
        violations: 'count(*) filter (where t.score < 0)',
        message: '{count} rows are low ({examples})',
        remedy: 'raise them',
        examples: 'min(case when t.score < 0 then t.id end)',
        ...more,
      },
    ],
  });
  const low = [
    { id: 'a', score: -1 },
    { id: 'b', score: 1 },
  ];

  test('hold', async () => {
    expect(await outcomeOf([{ id: 'b', score: 0 }], check('fail'))).toMatchObject({ rows: 1, warnings: [] });
    expect(await outcomeOf([], check('fail'))).toMatchObject({ rows: 0, warnings: [] });
  });

  test('warn and go on', async () => {
    expect((await outcomeOf(low, check('warn'))).warnings).toEqual([
      { code: 'low_scores', message: 'people: 1 row is low (a); raise them' },
    ]);
  });

  test('fail the run', async () => {
    expect(await refusalOf(low, check('fail'))).toMatchObject({
      name: 'CheckFailedError',
      code: 'low_scores',
      place: { table: 'people' },
      found: '1 row is low (a)',
      remedy: 'raise them',
    });
  });

  test('refuse the source', async () => {
    expect(await refusalOf(low, check('refuse'))).toMatchObject({ name: 'SourceContractError', code: 'low_scores' });
  });

  test('come before the key, which they explain', async () => {
    expect(await refusalOf([...low, { id: 'a', score: 1 }], check('refuse'))).toMatchObject({ code: 'low_scores' });
  });
});

test('facts and provided values come with their types', async () => {
  const outcome = await outcomeOf([{ id: 'a', score: 3, day: '2026-03-31' }], {
    facts: {
      scores: 'cast(sum(t.score) as bigint)',
      newest: 'cast(max(t.day) as varchar)',
      nothing: 'max(t.amount)',
      flag: 'bool_or(t.score = 3)',
    },
    provides: { frozen_date: 'day', horizon_days: 'score', missing: 'amount' },
  });
  expect(outcome.facts).toEqual({ scores: '3', newest: '2026-03-31', nothing: null, flag: 'true' });
  expect(outcome.values).toEqual({ frozen_date: '2026-03-31', horizon_days: '3' });
});

describe('the row of a check query', () => {
  const checked = model('stg_orders', 'staging', 'select 1', {
    unique_key: ['x'],
    checks: [
      { name: 'odd', level: 'refuse', violations: '0', message: '{count} odd rows, {count} of them: {examples}' },
    ],
  });

  test('may hold numbers of any kind', () => {
    const row = {
      row_count: 5n,
      check_odd: 0n,
      check_unique_key: 0,
      check_null_key: null,
      fact_many: 12345678901n,
      fact_yes: true,
    };
    expect(judgeChecks(checked, row)).toEqual({
      rows: 5,
      content_hash: null,
      facts: { many: 12345678901, yes: 'true' },
      values: {},
      warnings: [],
    });
  });

  test('names the source of a staging model and large counts readably', () => {
    const error = thrownBy(() => judgeChecks(checked, { row_count: 5, check_odd: '1234567' }));
    expect(error).toMatchObject({
      name: 'SourceContractError',
      place: { table: 'orders' },
      found: '1,234,567 odd rows, 1,234,567 of them: ',
    });
  });
});
