import fc from 'fast-check';
import { addDays } from '../../src/core/dates';
import type { Definitions } from '../../src/core/definitions';
import { sha256 } from '../../src/core/run';
import { advance, baseNight, type Manifest, type Pointer } from '../../src/core/snapshots/manifest';
import type { StepContext } from '../../src/pipeline/context';
import { claimRun } from '../../src/pipeline/sweep-marks';
import { sweepRuns } from '../../src/pipeline/sweep-runs';
import { memoryStore } from '../support/memory-store';

const START = '2026-01-10';
const HOUR = 3_600_000;

/** A lake whose runs are written by hand: one file a table, working tables beside public ones, months taken over from base. */
class Lake {
  now = Date.parse(`${START}T03:00:00Z`);
  dies = Number.POSITIVE_INFINITY;
  readonly forgotten: string[] = [];
  readonly leftAt = new Map<string, number>();
  readonly problems: string[] = [];
  readonly store = memoryStore((key) => this.deleting(key));
  private count = 0;

  constructor(
    readonly nights: number,
    readonly monthly: boolean,
  ) {}

  get today(): string {
    return new Date(this.now).toISOString().slice(0, 10);
  }

  get pointer(): Pointer {
    return JSON.parse(this.store.objects.get('current.json') ?? 'null') as Pointer;
  }

  manifests(): Manifest[] {
    return Object.values(this.pointer?.nights ?? {}).map((key) => JSON.parse(this.store.objects.get(key) ?? 'null'));
  }

  context(): StepContext {
    const file = { time_zone: 'UTC', retention: { nights: this.nights, monthly: this.monthly } };
    const forget = async (run: string, attempts: { table: string; attempt: number }[], tables: string[]) =>
      void this.forgotten.push(
        ...attempts.map((one) => `${one.table} ${run} ${one.attempt}`),
        ...tables.map((t) => `${t} ${run}`),
      );
    return {
      ports: { store: this.store, catalog: { forget }, clock: { now: () => this.now } },
      definitions: { project: { file } } as unknown as Definitions,
      hashSalt: undefined,
    } as unknown as StepContext;
  }

  private deleting(key: string): void {
    if (this.dies-- <= 0) throw new Error('killed');
    const run = /\d{4}-\d\d-\d\d-[0-9a-f]{12}/.exec(key)?.[0] ?? '';
    if (key.startsWith('tables/') && this.store.objects.has(`runs/${run}/plan.json`))
      this.problems.push(`${key} went before the notes of its run`);
    const left = this.leftAt.get(run);
    if (key.startsWith('tables/') && left !== undefined && this.now - left < 48 * HOUR)
      this.problems.push(`${key} went ${(this.now - left) / HOUR} h after its night`);
  }

  /** Plans a run as of now, writes some of its attempts; publishes it, or leaves it there. */
  async run(run_date: string, isPublished: boolean, scored = false): Promise<string> {
    this.count += 1;
    const run_id = `${run_date}-${sha256(String(this.count)).slice(0, 12)}`;
    const base = baseNight(this.pointer ?? undefined, run_date);
    const before = base && (JSON.parse(this.store.objects.get(base.manifest) ?? 'null') as Manifest);
    const of = (table: string) => `tables/${table}/v1/${run_id}/1/`;
    const earlier = before?.rollups?.purchase_days?.parts.slice(0, 2) ?? [];
    const inherited =
      before?.parameters.rfm_cuts && this.count % 5 !== 0 ? { rfm_cuts: before.parameters.rfm_cuts } : {};
    const plan = {
      run_id,
      run_date,
      cut_date: run_date,
      fit_date: run_date,
      today: this.today,
      base: before ? { run_date: before.run_date, run_id: before.run_id, manifest: base?.manifest } : null,
      told: [],
      sources: {},
      inherited,
      windows: {},
      rollups: { purchase_days: { id: 'x', from: null, earlier } },
    };
    await this.store.put(`runs/${run_id}/plan.json`, JSON.stringify(plan));
    for (const table of ['stg_orders', 'people', 'purchase_days', 'rfm_cuts']) {
      await this.store.put(`${of(table)}part-0.parquet`, table);
      await this.store.put(`runs/${run_id}/${table}.json`, '{}');
    }
    if (!isPublished) return run_id;
    const file = (table: string) => [{ key: `${of(table)}part-0.parquet`, bytes: table.length, rows: 1 }];
    const cuts = inherited.rfm_cuts ?? {
      id: 'c',
      as_of_date: run_date,
      provisional: false,
      prefix: of('rfm_cuts'),
      values: {},
    };
    const manifest = {
      run_date,
      run_id,
      supersedes: null,
      base: plan.base,
      published_at: new Date(this.now).toISOString(),
      parameters: { rfm_cuts: cuts, horizon: { ...cuts, values: { horizon_days: '28' } } },
      rollups: {
        purchase_days: { id: 'x', parts: [{ prefix: of('purchase_days'), files: file('purchase_days') }, ...earlier] },
      },
      tables: [
        {
          name: 'people',
          version: 1,
          prefix: of('people'),
          files: file('people'),
          rows: 1,
          columns: [],
          content_hash: '1:1',
        },
      ],
      audiences: [],
      facts: { people: { scored_people: scored ? 3 : 0 } },
      warnings: [],
    };
    await this.store.put(`manifests/${run_id}.json`, JSON.stringify(manifest));
    const pointer = advance(this.pointer ?? undefined, { run_date, run_id, manifest: `manifests/${run_id}.json` });
    await this.store.put('current.json', JSON.stringify(pointer));
    return run_id;
  }

  async sweep(run_id = 'none', killedAfter = Number.POSITIVE_INFINITY): Promise<void> {
    const before = this.pointer;
    this.dies = killedAfter;
    await sweepRuns({ run_id }, this.context()).catch((error: Error) => {
      if (error.message !== 'killed') throw error;
    });
    this.dies = Number.POSITIVE_INFINITY;
    for (const [night, key] of Object.entries(before?.nights ?? {}))
      if (!(night in this.pointer.nights)) this.leftAt.set(key.slice('manifests/'.length, -'.json'.length), this.now);
    this.check(before);
  }

  /** What must hold after every sweep, finished or killed. */
  private check(before: Pointer | null): void {
    const say = (text: string) => this.problems.push(text);
    if (before && this.pointer.run_id !== before.run_id) say('the pointer moved');
    for (const manifest of this.manifests()) {
      if (!manifest) return void say('a listed manifest is gone');
      const named = [
        ...manifest.tables,
        ...Object.values(manifest.parameters),
        ...(manifest.rollups?.purchase_days?.parts ?? []),
      ];
      for (const { prefix } of named)
        if (![...this.store.objects.keys()].some((key) => key.startsWith(prefix)))
          say(`${manifest.run_date} lost ${prefix}`);
    }
    // The rule once more, told differently: go through the nights from the newest one back.
    const dates = Object.keys(before?.nights ?? {})
      .sort()
      .reverse();
    const months = new Set<string>();
    dates.forEach((date, index) => {
      const isLast = !months.has(date.slice(0, 7));
      months.add(date.slice(0, 7));
      if ((index < this.nights || (this.monthly && isLast)) && !(date in this.pointer.nights)) say(`${date} is gone`);
    });
    for (const stranger of STRANGERS) if (!this.store.objects.has(stranger)) say(`${stranger} is gone`);
  }
}

const STRANGERS = [
  'tables/people/v1/stray/part-0.parquet',
  'tables/people/v1/2020-01-01-aaaaaaaaaaaa/notes.txt',
  'exports/meta/2020-01-01-aaaaaaaaaaaa/1/a.csv',
  'definitions/current.json',
  'query-results/2020-01-01-aaaaaaaaaaaa.csv',
  'manifests/readme.md',
];

async function lakeWithStrangers(nights: number, monthly: boolean): Promise<Lake> {
  const lake = new Lake(nights, monthly);
  for (const key of STRANGERS) await lake.store.put(key, 'x');
  return lake;
}

test('35 nights and each month’s last stay; the others leave the list first and their files two days later', async () => {
  const lake = await lakeWithStrangers(35, true);
  let first = '';
  for (let day = 0; day < 80; day += 1) {
    lake.now = Date.parse(`${addDays(START, day)}T03:00:00Z`);
    const run = await lake.run(addDays(START, day - 1), true);
    first ||= run;
    await lake.sweep(run);
    const has = (key: string): boolean => lake.store.objects.has(key);
    if (day === 16)
      expect([has(`tables/stg_orders/v1/${first}/1/part-0.parquet`), has(`runs/${first}/plan.json`)]).toEqual([
        true,
        true,
      ]);
    // No manifest names what was only on the way to them; published tables stay as long as their night.
    if (day === 20)
      expect([has(`tables/stg_orders/v1/${first}/1/part-0.parquet`), has(`runs/${first}/plan.json`)]).toEqual([
        false,
        false,
      ]);
    if (day === 36)
      expect([has(`tables/people/v1/${first}/1/part-0.parquet`), '2026-01-09' in lake.pointer.nights]).toEqual([
        true,
        false,
      ]);
    if (day === 38)
      expect([has(`tables/people/v1/${first}/1/part-0.parquet`), has(`manifests/${first}.json`)]).toEqual([
        false,
        false,
      ]);
  }
  const kept = Object.keys(lake.pointer.nights).sort();
  expect(kept.slice(0, 2)).toEqual(['2026-01-31', addDays(START, 79 - 35)]);
  expect(kept).toHaveLength(36);
  expect(lake.forgotten).toContain(`people ${first}`);
  expect(lake.forgotten).toContain(`stg_orders ${first} 1`);
  expect(lake.problems).toEqual([]);
});

test('a night that told people something is kept until that can be judged', async () => {
  const lake = await lakeWithStrangers(2, false);
  await lake.run('2026-01-09', true, true);
  for (let day = 1; day < 40; day += 1) {
    lake.now = Date.parse(`${addDays(START, day)}T03:00:00Z`);
    const run = await lake.run(addDays(START, day - 1), true);
    await lake.sweep(run);
    // 28 days ahead and a week of slack.
    expect([day, '2026-01-09' in lake.pointer.nights]).toEqual([day, day <= 35]);
  }
  expect(lake.problems).toEqual([]);
});

test('a run that was never published goes after fifteen days; taken up again in time, it stays whole', async () => {
  const lake = await lakeWithStrangers(35, true);
  await lake.run('2026-01-08', true);
  const [lost, taken] = [await lake.run('2026-01-09', false), await lake.run('2026-01-09', false)];
  const objects = (run: string): number =>
    [...lake.store.objects.keys()].filter((key) => key.includes(run) && !key.startsWith('sweeps/')).length;
  const whole = objects(lost);
  lake.now += 16 * 24 * HOUR;
  await lake.sweep();
  expect([objects(lost), objects(taken)]).toEqual([whole, whole]);
  await claimRun(lake.store, taken, lake.now);
  const plan = JSON.parse(lake.store.objects.get(`runs/${taken}/plan.json`) ?? '');
  await lake.store.put(`runs/${taken}/plan.json`, JSON.stringify({ ...plan, today: lake.today }));
  lake.now += 49 * HOUR;
  await lake.sweep();
  expect([objects(lost), objects(taken)]).toEqual([0, whole]);
  expect(lake.problems).toEqual([]);
});

test('a run whose deletion is under way is not taken up; one that a killed sweep left so begins anew', async () => {
  const lake = await lakeWithStrangers(35, true);
  await lake.run('2026-01-08', true);
  const run = await lake.run('2026-01-09', false);
  lake.now += 16 * 24 * HOUR;
  await lake.sweep();
  lake.now += 49 * HOUR;
  // The other run's seven objects come first.
  await lake.sweep('none', 9);
  await expect(claimRun(lake.store, run, lake.now)).rejects.toMatchObject({
    name: 'TransientEngineError',
    code: 'run_being_swept',
  });
  lake.now += 2 * HOUR;
  await claimRun(lake.store, run, lake.now);
  expect([...lake.store.objects.keys()].filter((key) => key.startsWith(`runs/${run}/`))).toEqual([]);
});

test('a manifest that cannot be read stops the sweep before it deletes anything', async () => {
  const lake = await lakeWithStrangers(2, false);
  for (let day = 0; day < 6; day += 1) await lake.run(addDays(START, day - 20), true);
  await lake.store.put(Object.values(lake.pointer.nights)[0] as string, '{ damaged');
  const before = new Map(lake.store.objects);
  await expect(sweepRuns({ run_id: 'none' }, lake.context())).rejects.toMatchObject({ code: 'note_unreadable' });
  expect(lake.store.objects).toEqual(before);
});

const step = fc.oneof(
  fc.record({ kind: fc.constant('night' as const), back: fc.integer({ min: 1, max: 3 }), scored: fc.boolean() }),
  fc.record({ kind: fc.constant('old night' as const), back: fc.integer({ min: 4, max: 120 }), scored: fc.boolean() }),
  fc.record({ kind: fc.constant('given up' as const), back: fc.integer({ min: 1, max: 60 }), scored: fc.boolean() }),
  fc.record({ kind: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 500 }) }),
  fc.record({ kind: fc.constant('sweep' as const), dies: fc.integer({ min: 0, max: 40 }) }),
);

test('law: whatever happened, and wherever sweeps were killed, no kept night, base or run under way loses a file', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 45 }),
      fc.integer({ min: 2, max: 6 }),
      fc.boolean(),
      async (steps, nights, monthly) => {
        const lake = await lakeWithStrangers(nights, monthly);
        /** Runs given up, with the objects they have and the night they build on. */
        const given: { run: string; at: string; keys: string[]; base: string | undefined }[] = [];
        let last = 'none';
        for (const one of steps) {
          if (one.kind === 'wait') lake.now += one.hours * HOUR;
          else if (one.kind === 'sweep') await lake.sweep(last, one.dies > 30 ? Number.POSITIVE_INFINITY : one.dies);
          else {
            const date = addDays(lake.today, -one.back);
            const base = baseNight(lake.pointer ?? undefined, date)?.run_date;
            const run = await lake.run(date, one.kind !== 'given up', one.scored);
            if (one.kind !== 'given up') last = run;
            else
              given.push({
                run,
                at: lake.today,
                base,
                keys: [...lake.store.objects.keys()].filter((key) => key.includes(run)),
              });
          }
          for (const { run, at, keys, base } of given) {
            if (lake.today > addDays(at, 15)) continue;
            const gone = keys.find((key) => !lake.store.objects.has(key));
            if (gone) lake.problems.push(`${gone} of the run under way ${run} is gone`);
            if (base !== undefined && !(base in lake.pointer.nights)) lake.problems.push(`base ${base} of ${run} left`);
          }
          expect(lake.problems).toEqual([]);
        }
        // In the end only what somebody needs is left.
        for (let more = 0; more < 3; more += 1) {
          lake.now += 20 * 24 * HOUR;
          await lake.sweep(last);
        }
        const named = new Set(
          lake
            .manifests()
            .flatMap((m) => [
              ...m.tables.map(({ prefix }) => prefix),
              ...Object.values(m.parameters).map(({ prefix }) => prefix),
              ...(m.rollups?.purchase_days?.parts ?? []).map(({ prefix }) => prefix),
            ]),
        );
        const left = [...lake.store.objects.keys()].filter((key) => !STRANGERS.includes(key));
        expect(
          left.filter((key) => key.startsWith('tables/') && !named.has(key.slice(0, key.lastIndexOf('/') + 1))),
        ).toEqual([]);
        expect(left.filter((key) => /^(runs|sweeps)\//.test(key))).toEqual([]);
        expect(left.filter((key) => key.startsWith('manifests/')).sort()).toEqual(
          Object.values(lake.pointer?.nights ?? {}).sort(),
        );
        expect(lake.problems).toEqual([]);
      },
    ),
    { numRuns: 150 },
  );
});
