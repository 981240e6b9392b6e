import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoppedError, walkNight } from '../../src/cli/walk';
import { awaitSources, type WaitingNight } from '../../src/pipeline/await-sources';
import type { Ports } from '../../src/pipeline/context';
import type { Catalog } from '../../src/ports/catalog';
import { readPointer, withContext } from '../support/night';
import { ordersProject } from '../support/orders-project';

const orders = (...days: string[]): string =>
  ['id,buyer,day,total', ...days.map((day, index) => `${index},c${index},${day},10.00`), ''].join('\n');
/** The morning after the night of 2025-05-14, before and after six in Vienna. */
const [EARLY, LATE] = [Date.parse('2025-05-15T03:50:00Z'), Date.parse('2025-05-15T04:00:00Z')];
const NIGHT = { run_date: '2025-05-14' };
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function shop(
  text: string,
  top = 'freshness: { orders: { covers: run_date, wait_until: "06:00" } }\n',
  source = '',
): string {
  const project = ordersProject({ orders: text, top, source });
  folders.push(project);
  return project;
}

async function ask(
  project: string,
  input: Parameters<typeof awaitSources>[0],
  now: number,
  wrap: (ports: Ports) => Ports = (ports) => ports,
) {
  let queries = 0;
  const counted = (ports: Ports): Ports => {
    const { engine } = ports;
    const start: typeof engine.start = (statement) => {
      queries += 1;
      return engine.start(statement);
    };
    return wrap({ ...ports, engine: Object.assign(Object.create(engine), { start }) });
  };
  const answer = await withContext(project, join(project, 'out'), { now, wrap: counted }, (context) =>
    awaitSources(input, context),
  );
  return { answer, queries };
}

test('without freshness nothing is looked at', async () => {
  const project = shop(orders('2020-01-01'), '');
  expect(await ask(project, { ...NIGHT, accept: true }, EARLY)).toMatchObject({
    answer: { ...NIGHT, accept: true, state: 'done' },
    queries: 0,
  });
});

test('a late source is waited for, looked at again only once it changed, and the night begins when it has come', async () => {
  const project = shop(orders('2025-05-12', '2025-05-13'));
  const first = await ask(project, { ...NIGHT, full: true }, EARLY);
  expect(first).toMatchObject({
    answer: { ...NIGHT, full: true, state: 'waiting', stale: ['orders'], wait_seconds: 300 },
    queries: 1,
  });
  expect(JSON.parse(JSON.stringify(first.answer))).toMatchObject({ state: 'waiting' });
  const second = await ask(project, JSON.parse(JSON.stringify(first.answer)) as WaitingNight, EARLY + 300_000);
  expect(second).toMatchObject({ answer: { state: 'waiting' }, queries: 0 });
  // The last look is not put off beyond the deadline.
  expect((await ask(project, first.answer, LATE - 7000)).answer).toMatchObject({ wait_seconds: 7 });
  writeFileSync(join(project, 'orders.csv'), orders('2025-05-12', '2025-05-13', '2025-05-14'));
  utimesSync(join(project, 'orders.csv'), 1, 1);
  expect(await ask(project, second.answer, LATE - 7000)).toMatchObject({
    // Two queries in all, and the calls after the first one.
    answer: { ...NIGHT, full: true, state: 'done', looked: { bytes_scanned: 0, statements: 2, waits: 2 } },
    queries: 1,
  });
});

test('once its time is over the night fails, naming the newest day and what to do', async () => {
  const project = shop(orders('2025-05-12', '2025-05-13', '2031-01-01'));
  await expect(ask(project, NIGHT, LATE)).rejects.toMatchObject({
    name: 'SourceContractErrors',
    exitCode: 3,
    errors: [
      {
        code: 'source_stale',
        place: { table: 'orders' },
        found: expect.stringMatching(/newest day is 2025-05-13, and the night of 2025-05-14 needs it .* by 06:00/),
        remedy: expect.stringContaining('wait_until of orders'),
      },
    ],
  });
});

test('a night of long ago never waits: it is covered, or fails at once', async () => {
  const project = shop(orders('2025-05-12', '2025-05-13'));
  expect((await ask(project, { run_date: '2025-05-13' }, LATE)).answer.state).toBe('done');
  await expect(ask(project, NIGHT, LATE + 90 * 86_400_000)).rejects.toMatchObject({ code: 'source_contract_errors' });
});

test('a run date that is wrong or not over is told before anything is waited for', async () => {
  const project = shop(orders('2025-05-12'));
  for (const run_date of ['2025-05-15', '2025-02-30'])
    await expect(ask(project, { run_date }, EARLY)).rejects.toMatchObject({ code: 'run_date_wrong' });
});

test('without a date asked for it is decided once, by the orders, and kept while waiting for others', async () => {
  const top = 'freshness: { refunds: { wait_until: "07:30" } }\n';
  const project = ordersProject({
    orders: orders('2025-05-14'),
    top,
    sources: { refunds: 'refunded_at: day, amount: total, order_id: id' },
    files: { 'refunds.csv': 'id,day,total\n0,2025-05-01,1.00\n' },
  });
  folders.push(project);
  const { answer } = await ask(project, {}, EARLY);
  expect(answer).toMatchObject({ state: 'waiting', run_date: '2025-05-14', stale: ['refunds'] });
});

test('where the catalog knows partitions, no row is read', async () => {
  const project = shop(
    'id,buyer,day,total,dt\n1,a,2025-05-13,1.00,2025-05-13\n',
    undefined,
    '    partition: { column: dt, slack_days: 0 }\n',
  );
  const asked: unknown[] = [];
  const knowing =
    (newest: string | null) =>
    (ports: Ports): Ports => {
      const newestDay: Catalog['newestDay'] = async (...of) => {
        asked.push(of[2]);
        return newest;
      };
      return { ...ports, catalog: Object.assign(Object.create(ports.catalog), { newestDay }) };
    };
  expect(await ask(project, NIGHT, EARLY, knowing('2025-05-14'))).toMatchObject({
    answer: { state: 'done' },
    queries: 0,
  });
  expect(asked).toEqual([{ column: 'dt', from: '2025-04-04' }]);
  expect((await ask(project, NIGHT, EARLY, knowing(null))).answer.state).toBe('waiting');
  await expect(ask(project, NIGHT, LATE, knowing(null))).rejects.toThrow(/holds no day from 2025-04-04 to today/);
});

test('the command line waits, tells so, can be stopped meanwhile, and goes on when the source has come', async () => {
  const project = shop(orders('2025-05-13'));
  const out = join(project, 'out');
  let isStopped = false;
  const walk = (onWaiting: (night: WaitingNight) => void) =>
    withContext(project, out, { now: LATE - 1000 }, (context) =>
      walkNight(context, { ...NIGHT, isStopped: () => isStopped, events: { waiting: onWaiting } }),
    );
  const stopped = walk(() => {
    isStopped = true;
  });
  await expect(stopped).rejects.toThrow(StoppedError);
  isStopped = false;
  const told: string[][] = [];
  await walk(({ stale }) => {
    told.push(stale);
    writeFileSync(join(project, 'orders.csv'), orders('2025-05-13', '2025-05-14'));
    utimesSync(join(project, 'orders.csv'), 1, 1);
  });
  expect(told).toEqual([['orders']]);
  expect(readPointer(out).run_date).toBe('2025-05-14');
});
