import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDuckDbEngine } from '../../../src/engines/duckdb/query-engine';
import type { QueryEngine, QueryState, Row } from '../../../src/ports/query-engine';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tidemark-engine-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const ENDLESS =
  'select count(*) as n from range(10000000000) as a (x) where x % 7 = 3 and cast(x as varchar) like $$%1%$$';

async function within(use: (engine: QueryEngine) => Promise<void>, options: object = {}): Promise<void> {
  const engine = await openDuckDbEngine({ root, memoryLimit: '300MB', ...options });
  try {
    await use(engine);
  } finally {
    await engine.close();
  }
}

async function end(engine: QueryEngine, sql: string, writeTo?: string): Promise<QueryState> {
  const handle = await engine.start({ sql, token: `${sql}|${writeTo}`, ...(writeTo ? { writeTo } : {}) });
  return engine.poll(handle, 20_000);
}

async function read(engine: QueryEngine, sql: string): Promise<Row[]> {
  const handle = await engine.start({ sql, token: sql });
  await engine.poll(handle, 20_000);
  return engine.rows(handle);
}

function failure(state: QueryState): { code?: string; message: string } {
  if (state.status !== 'failed') throw new Error(`expected a failure, found ${state.status}`);
  return state.error;
}

describe('reading', () => {
  test.each([
    ['cast(1 as bigint)', 1],
    ['cast(9007199254740993 as bigint)', 9007199254740993n],
    ['sum(cast(5 as bigint))', 5],
    [`cast('1.50' as decimal(18, 4))`, '1.5000'],
    [`date '2024-02-29'`, '2024-02-29'],
    ['15e-1', 1.5],
    ['true', true],
    ['null', null],
    [`'O''Brien; -- 😀'`, "O'Brien; -- 😀"],
  ])('%s', async (expression, expected) => {
    await within(async (engine) =>
      expect(await read(engine, `select ${expression} as value`)).toEqual([{ value: expected }]),
    );
  });

  test('a line comment at the end of a statement hides nothing', async () => {
    await within(async (engine) => {
      expect((await end(engine, 'select 1 as a -- why', 'tables/t/1/')).status).toBe('succeeded');
      expect(await read(engine, 'select 1 as a -- why')).toEqual([{ a: 1 }]);
    });
  });

  test('start comes back at once and poll waits no longer than asked', async () => {
    await within(async (engine) => {
      const before = performance.now();
      const handle = await engine.start({ sql: ENDLESS, token: 'endless' });
      expect(await engine.poll(handle, 0)).toEqual({ status: 'running' });
      expect(await engine.poll(handle, 50)).toEqual({ status: 'running' });
      expect(performance.now() - before).toBeLessThan(2000);
      await engine.stop(handle);
      expect(failure(await engine.poll(handle, 0)).code).toBe('interrupted');
    });
  });

  test('ten statements at once all end', async () => {
    await within(async (engine) => {
      const values = await Promise.all(
        Array.from({ length: 10 }, (_, index) => read(engine, `select ${index} as value`)),
      );
      expect(values.map((rows) => rows[0]?.value)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    });
  });

  test('a waiting statement can be stopped, and close stops all', async () => {
    const engine = await openDuckDbEngine({ root });
    const handles = await Promise.all(
      [1, 2, 3, 4, 5].map((n) => engine.start({ sql: ENDLESS, token: `endless ${n}` })),
    );
    await engine.close();
    for (const handle of handles) expect(failure(await engine.poll(handle, 0)).code).toBe('interrupted');
    await expect(engine.start({ sql: 'select 1', token: 'late' })).rejects.toMatchObject({ code: 'engine_closed' });
  });

  test('the same token is the same query, for another statement refused', async () => {
    await within(async (engine) => {
      const first = await engine.start({ sql: 'select 1 as a', token: 'token' });
      expect(await engine.start({ sql: 'select 1 as a', token: 'token' })).toEqual(first);
      await expect(engine.start({ sql: 'select 2 as a', token: 'token' })).rejects.toMatchObject({
        code: 'token_reused',
      });
      await expect(engine.poll({ id: 'nobody' }, 0)).rejects.toMatchObject({ code: 'query_unknown' });
    });
  });
});

describe('writing', () => {
  const columns = `cast(1 as bigint) as id, 'a' as name, date '2024-01-01' as day, cast(1 as decimal(18, 4)) as amount, 1e0 as score, true as yes, 1 as small`;

  test('leaves Parquet that DuckDB reads back', async () => {
    await within(async (engine) => {
      expect(await end(engine, `select ${columns}`, 'tables/t/1/')).toMatchObject({ status: 'succeeded' });
      const files = readdirSync(join(root, 'tables/t/1'));
      expect(files.every((name) => name.endsWith('.parquet'))).toBe(true);
      const rows = await read(engine, `select * from read_parquet('${root}/tables/t/1/*.parquet')`);
      expect(rows).toEqual([{ id: 1, name: 'a', day: '2024-01-01', amount: '1.0000', score: 1, yes: true, small: 1 }]);
    });
  });

  test('zero rows leave the columns', async () => {
    await within(async (engine) => {
      expect((await end(engine, `select ${columns} where false`, 'tables/t/1/')).status).toBe('succeeded');
      expect(
        await read(engine, `select count(*) as n, count(score) as m from read_parquet('${root}/tables/t/1/*.parquet')`),
      ).toEqual([{ n: 0, m: 0 }]);
    });
  });

  test('a folder that holds files is refused and left as it is', async () => {
    await within(async (engine) => {
      mkdirSync(join(root, 'tables/t/1'), { recursive: true });
      writeFileSync(join(root, 'tables/t/1/old'), 'x');
      const error = failure(await end(engine, 'select 1 as a', 'tables/t/1/'));
      expect(error).toMatchObject({ name: 'EngineError', code: 'destination_not_empty' });
      expect(readdirSync(join(root, 'tables/t/1'))).toEqual(['old']);
    });
  });

  test.each([
    ['sum(cast(1 as bigint))', 'HUGEINT'],
    [`timestamp '2024-01-01 00:00:00'`, 'TIMESTAMP'],
    ['from_unixtime(1)', 'TIMESTAMP WITH TIME ZONE'],
    ['uuid()', 'UUID'],
    ['cast(1 as utinyint)', 'UTINYINT'],
    [`['a']`, 'VARCHAR[]'],
  ])('%s is refused by the name of its column', async (expression, type) => {
    await within(async (engine) => {
      const error = failure(await end(engine, `select ${expression} as odd_column`, 'tables/t/1/'));
      expect(error).toMatchObject({ code: 'column_type', place: { column: 'odd_column' } });
      expect(error.message).toContain(type);
      expect(existsSync(join(root, 'tables/t/1'))).toBe(false);
    });
  });

  test.each(['../out/', 'tables/../../x/', '/etc/', 'tables', '.tidemark/x/', 'a//b/'])(
    'the prefix %s is refused',
    async (writeTo) => {
      await within(async (engine) => {
        await expect(engine.start({ sql: 'select 1', token: writeTo, writeTo })).rejects.toMatchObject({
          code: 'key_invalid',
        });
      });
    },
  );

  test('a stopped write leaves nothing', async () => {
    await within(async (engine) => {
      const handle = await engine.start({
        sql: `select cast(x as bigint) as x from range(10000000000) as t (x)`,
        token: 'w',
        writeTo: 'tables/t/1/',
      });
      await new Promise((done) => setTimeout(done, 300));
      await engine.stop(handle);
      expect(failure(await engine.poll(handle, 0)).code).toBe('interrupted');
      expect(existsSync(join(root, 'tables/t/1'))).toBe(false);
    });
  });
});

describe('the lock', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const process of children.splice(0)) process.kill('SIGKILL');
  });
  const child = (folder: string) => {
    const started = spawn(
      process.execPath,
      [
        '-r',
        'tsx/cjs',
        '-e',
        `require('./src/engines/duckdb/query-engine.ts').openDuckDbEngine({ root: process.argv[1] })
          .then(() => { console.log('held'); setInterval(() => {}, 1000); }, (error) => { console.log(error.code); process.exit(); })`,
        folder,
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    children.push(started);
    return started;
  };
  const firstWord = (process: ReturnType<typeof child>) =>
    new Promise<string>((done) => process.stdout?.once('data', (data) => done(String(data).trim())));

  test('a second run in this process is refused, naming the folder', async () => {
    await within(async () => {
      await expect(openDuckDbEngine({ root })).rejects.toMatchObject({
        name: 'EngineError',
        code: 'out_in_use',
        place: { file: root },
      });
      await within(async (reader) => expect(await read(reader, 'select 1 as a')).toEqual([{ a: 1 }]), { lock: false });
    });
    await within(async () => undefined);
  });

  test('a second process is refused, and kill -9 frees the folder and its spilled files', async () => {
    const holder = child(root);
    expect(await firstWord(holder)).toBe('held');
    await expect(openDuckDbEngine({ root })).rejects.toMatchObject({ code: 'out_in_use' });
    const ended = new Promise((done) => holder.once('exit', done));
    writeFileSync(join(root, '.tidemark/tmp/left-over'), 'x');
    holder.kill('SIGKILL');
    await ended;
    await within(async () => expect(readdirSync(join(root, '.tidemark/tmp'))).toEqual([]));
    await within(async () => expect(await firstWord(child(root))).toBe('out_in_use'));
  });

  test('of five openers at once exactly one gets it', async () => {
    const opened = await Promise.allSettled([1, 2, 3, 4, 5].map(() => openDuckDbEngine({ root })));
    expect(opened.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    for (const result of opened) if (result.status === 'fulfilled') await result.value.close();
  });
});
