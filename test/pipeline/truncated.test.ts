import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { walkNight } from '../../src/cli/walk';
import type { Definitions } from '../../src/core/definitions';
import { loadDefinitions } from '../../src/project/load-definitions';
import { filesBelow } from '../support/folders';
import { pointerText, readPointer, runNight, withContext } from '../support/night';
import { ordersProject } from '../support/orders-project';
import { smallPipeline } from '../support/small-pipeline';

/** Sources that a load left half done: what tells it, and when. */
const [BASE, NIGHT] = ['2025-05-14', '2025-05-15'] as const;

/** Two orders of each customer: one in April, one on a day of May up to the last. */
const orders = (customers: number, lastDay: number): string =>
  [
    'id,buyer,day,total',
    ...Array.from({ length: customers }, (_, n) => [
      `${1000 + n}a,c${1000 + n},2025-04-${String(1 + (n % 28)).padStart(2, '0')},10.00`,
      `${1000 + n}b,c${1000 + n},2025-05-${String(Math.min(lastDay, 1 + (n % 14))).padStart(2, '0')},12.50`,
    ]).flat(),
    '',
  ].join('\n');

const project = ordersProject({ orders: orders(300, 14) });
const out = join(project, 'out');
afterAll(() => rmSync(project, { recursive: true, force: true }));
let definitions: Definitions;
let published: string;
beforeAll(async () => {
  definitions = smallPipeline(await loadDefinitions(project));
  await runNight(project, out, BASE, { definitions });
  published = pointerText(out);
});

const replace = (text: string): void => writeFileSync(join(project, 'orders.csv'), text);

test('the newest day gone, though no row is lost: the gate is closed, and without a date asked for nothing begins', async () => {
  replace(orders(300, 12));
  await expect(runNight(project, out, NIGHT, { definitions })).rejects.toMatchObject({
    code: 'gate_closed',
    found: expect.stringMatching(
      /published:\n {4}newest day of source orders: 2025-05-14 before, 2025-05-12 now: rows that were there are gone$/,
    ),
  });
  await expect(runNight(project, out, undefined, { definitions })).rejects.toMatchObject({
    name: 'SourceContractError',
    exitCode: 3,
    code: 'source_went_back',
    place: { table: 'orders' },
    found: expect.stringMatching(/newest day is 2025-05-12, though the night of 2025-05-14 read it up to 2025-05-14/),
    remedy: expect.stringContaining('--run-date'),
  });
  expect(pointerText(out)).toBe(published);
});

test('a night that waits for the source in vain says that rows are gone', async () => {
  const { file } = definitions.project;
  const waiting: Definitions = {
    ...definitions,
    project: {
      ...definitions.project,
      file: { ...file, freshness: { orders: { covers: 'run_date', wait_until: '06:00' } } },
    },
  };
  await expect(runNight(project, out, NIGHT, { definitions: waiting })).rejects.toMatchObject({
    errors: [
      {
        code: 'source_stale',
        found: expect.stringMatching(
          /^its newest day is 2025-05-12; the night of 2025-05-14 had read it up to 2025-05-14: rows that were there are gone, and the night of 2025-05-15 needs it/,
        ),
      },
    ],
  });
});

test('less than half of the bytes: the first step refuses and leaves no trace; accepted, the same run is published', async () => {
  replace(orders(140, 14));
  const before = Object.keys(filesBelow(out));
  await expect(runNight(project, out, NIGHT, { definitions })).rejects.toMatchObject({
    name: 'SourceContractErrors',
    exitCode: 3,
    errors: [
      {
        code: 'source_shrunk',
        place: { table: 'orders' },
        found: expect.stringMatching(/^it holds [\d,]+ bytes, of the same days the night of 2025-05-14 read [\d,]+:/),
        remedy: expect.stringContaining('--accept'),
      },
    ],
  });
  expect(Object.keys(filesBelow(out))).toEqual(before);
  const night = await withContext(project, out, { definitions }, (context) =>
    walkNight(context, { run_date: NIGHT, accept: true }),
  );
  expect(night.gate?.outcome).toBe('accepted');
  expect(readPointer(out)).toMatchObject({ run_date: NIGHT, run_id: night.run_id });
  // The smaller source is what the next night compares with.
  expect((await runNight(project, out, '2025-05-16', { definitions })).gate?.outcome).toBe('open');
});
