import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { walkNight } from '../../src/cli/walk';
import { publishSnapshot } from '../../src/pipeline/publish-snapshot';
import { filesBelow } from '../support/folders';
import { pointerText, readPointer, runNight, withContext } from '../support/night';
import { ordersProject } from '../support/orders-project';

/** A shop of so many customers, each with two orders. */
const orders = (customers: number): string =>
  [
    'id,buyer,day,total',
    ...Array.from({ length: customers }, (_, n) => [
      `${n}a,c${n},2025-02-${String(1 + (n % 28)).padStart(2, '0')},10.00`,
      `${n}b,c${n},2025-03-${String(1 + (n % 28)).padStart(2, '0')},12.50`,
    ]).flat(),
    '',
  ].join('\n');

const project = ordersProject({ orders: orders(300) });
const out = join(project, 'out');
const [BASE, NIGHT] = ['2025-05-14', '2025-05-15'] as const;
afterAll(() => rmSync(project, { recursive: true, force: true }));

test('a source cut short closes the gate: nothing is published, until somebody accepts what is computed', async () => {
  const base = await runNight(project, out, BASE);
  expect(base.gate).toMatchObject({ outcome: 'no_base', findings: [] });
  const published = pointerText(out);
  writeFileSync(join(project, 'orders.csv'), orders(190));
  await expect(runNight(project, out, NIGHT)).rejects.toMatchObject({
    name: 'CheckFailedError',
    code: 'gate_closed',
    found: expect.stringMatching(
      /people: 300 before, 190 now, allowed is down to 240\n.*rows of source orders: 600 before, 380 now, allowed is down to 480\n.*members of repeat_buyers: 300 before, 190 now, allowed is down to 240\n.*deletes of all audiences together: 110 of 300 members, allowed are 60/,
    ),
    remedy: expect.stringContaining(`--run-date ${NIGHT} --accept`),
  });
  expect(pointerText(out)).toBe(published);
  const run_id = await withContext(project, out, {}, async (context) => {
    const id = Object.keys(filesBelow(join(out, 'runs')))
      .find((key) => key.startsWith(NIGHT))
      ?.split('/')[0] as string;
    // A runner that goes on all the same publishes nothing either.
    await expect(publishSnapshot({ run_id: id }, context)).rejects.toMatchObject({ code: 'gate_closed' });
    return id;
  });
  const before = Object.keys(filesBelow(join(out, 'tables')));
  const night = await withContext(project, out, {}, (context) => walkNight(context, { run_date: NIGHT, accept: true }));
  expect(night.run_id).toBe(run_id);
  expect(Object.keys(filesBelow(join(out, 'tables')))).toEqual(before);
  expect(night.gate).toMatchObject({ outcome: 'accepted', nights: 1 });
  expect(night.gate?.findings.map(({ kind }) => kind)).toEqual(['people', 'source', 'audience', 'deletes']);
  expect(readPointer(out).run_date).toBe(NIGHT);
});

test('a wider gate lets the same run pass: settings of the gate make no other run', async () => {
  writeFileSync(join(project, 'orders.csv'), orders(110));
  const failed = await runNight(project, out, '2025-05-16').catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: 'gate_closed' });
  const before = Object.keys(filesBelow(join(out, 'tables')));
  writeFileSync(
    join(project, 'tidemark.yml'),
    `guard: { share_per_night: 0.5 }\n${readFileSync(join(project, 'tidemark.yml'), 'utf8')}`,
  );
  const night = await runNight(project, out, '2025-05-16');
  expect(night.gate).toMatchObject({ outcome: 'open' });
  expect(Object.keys(filesBelow(join(out, 'tables')))).toEqual(before);
});
