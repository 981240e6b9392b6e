import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { billedMegabytes, costOf, type NightUsage, PRICES, PRICES_OF } from '../../../src/core/snapshots/night-cost';
import { ASSUMED } from '../../../src/core/snapshots/night-usage';
import { problemOf } from '../../../src/core/snapshots/stored';

const NOTHING: NightUsage = {
  athena_megabytes: 0,
  transitions: 0,
  calls: 0,
  gigabyte_seconds: 0,
  s3_writes: 0,
  s3_reads: 0,
};

test.each([
  [0, 10],
  [1, 10],
  [10_000_000, 10],
  [10_000_001, 11],
  [11_000_000, 11],
  [1_000_000_000_001, 1_000_001],
])('a statement of %d bytes is billed as %d MB', (bytes, megabytes) => {
  expect(billedMegabytes(bytes)).toBe(megabytes);
});

test.each([
  // 200,000 MB are a fifth of a terabyte.
  [{ athena_megabytes: 200_000 }, { athena_usd: 1, total_usd: 1 }],
  // 85 statements of 10 MB: 850 MB at 5 USD a million.
  [{ athena_megabytes: 850 }, { athena_usd: 0.0043, total_usd: 0.0043 }],
  [{ transitions: 400 }, { transitions_usd: 0.01, total_usd: 0.01 }],
  // 3,000 GB-seconds are 0.0400002, 1,000 calls 0.0002.
  [
    { calls: 1000, gigabyte_seconds: 3000 },
    { lambda_usd: 0.0402, total_usd: 0.0402 },
  ],
  // 0.005 for a thousand writes, 0.002 for five thousand reads.
  [
    { s3_writes: 1000, s3_reads: 5000 },
    { s3_usd: 0.007, total_usd: 0.007 },
  ],
  // The sum is of what is shown: 0.0001 and 0.0001, though both together are 0.00012.
  [
    { athena_megabytes: 12, transitions: 2.4 },
    { athena_usd: 0.0001, transitions_usd: 0.0001, total_usd: 0.0002 },
  ],
])('%j costs %j', (usage, wanted) => {
  const none = { athena_usd: 0, lambda_usd: 0, transitions_usd: 0, s3_usd: 0, total_usd: 0, prices_of: PRICES_OF };
  expect(costOf({ ...NOTHING, ...usage })).toEqual({ ...none, ...wanted });
});

test.each([
  ['of an earlier version', undefined, undefined],
  ['without an estimate', { seconds: 1 }, undefined],
  ['of DuckDB', { estimate: null }, undefined],
  ['of Athena', { estimate: costOf(NOTHING) }, undefined],
  [
    'damaged',
    { estimate: { total_usd: '0.02' } },
    'it is not what a run writes: cost.estimate.total_usd is wrong or missing',
  ],
])('a manifest %s', (_, cost, problem) => {
  const run = { run_date: '2026-01-31', run_id: '2026-01-31-0123456789ab', supersedes: null, published_at: '' };
  const manifest = { ...run, parameters: {}, tables: [], audiences: [], facts: {}, warnings: [], cost };
  expect(problemOf('manifest', manifest)).toBe(problem);
});

describe('docs/cost.md', () => {
  const page = readFileSync(resolve(__dirname, '../../../docs/cost.md'), 'utf8');
  /** Cells of the table below a heading, without its head. */
  const rowsBelow = (heading: string): string[][] => {
    const [, part = ''] = page.split(`\n## ${heading}\n`);
    const lines = (part.split('\n## ')[0] as string).split('\n').filter((line) => line.startsWith('|'));
    return lines.slice(2).map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
  };
  const numberIn = (cell: string | undefined): number => Number((cell ?? '').replaceAll(',', ''));

  test('its prices are those that are used', () => {
    const stated = rowsBelow('Prices').map(([, , price]) => numberIn(price));
    expect(stated).toEqual(Object.values(PRICES));
    expect(page).toContain(PRICES_OF);
  });

  test('what it takes for granted is what the estimate takes for granted', () => {
    const stated = rowsBelow('Taken for granted').map(([, , value]) => numberIn(value));
    expect(stated).toEqual(Object.values(ASSUMED));
  });

  test('each night costs what its own numbers come to', () => {
    const nights = rowsBelow('A night');
    expect(nights).toHaveLength(9);
    for (const [night, kind, ...cells] of nights) {
      const [athena_megabytes, transitions, calls, gigabyte_seconds, s3_writes, s3_reads, ...stated] = cells.map(
        numberIn,
      ) as [number, number, number, number, number, number, ...number[]];
      const usage = { athena_megabytes, transitions, calls, gigabyte_seconds, s3_writes, s3_reads };
      const { prices_of: _, ...wanted } = costOf(usage);
      expect([night, kind, ...stated]).toEqual([night, kind, ...Object.values(wanted)]);
    }
  });
});
