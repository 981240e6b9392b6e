import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { dateWithout } from '../../infra/clock-changes';
import { type Deployment, loadSettings } from '../../infra/settings';
import { DefinitionErrors } from '../../src/core/errors';

const EXAMPLE = join(__dirname, '..', '..', 'examples', 'deploy');
const scratch = mkdtempSync(join(tmpdir(), 'tidemark-settings-'));
afterAll(() => rmSync(scratch, { recursive: true }));

type Yaml = Record<string, unknown>;
const read = (name: string): Yaml => parse(readFileSync(join(EXAMPLE, name), 'utf8')) as Yaml;

let count = 0;
/** The example with something changed, in a folder of its own. */
function settingsWith(change: (settings: Yaml, project: Yaml) => void): string {
  const [settings, project] = [read('deploy.yml'), read('tidemark.yml')];
  change(settings, project);
  count += 1;
  const file = join(scratch, String(count), 'deploy.yml');
  mkdirSync(dirname(file));
  writeFileSync(file, stringify(settings));
  writeFileSync(join(dirname(file), 'tidemark.yml'), stringify(project));
  return file;
}

const set = (target: unknown, path: string, value: unknown): void => {
  const keys = path.split('.');
  const last = keys.pop() as string;
  const parent = keys.reduce<Yaml>((node, key) => node[key] as Yaml, target as Yaml);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
};

async function errorsOf(file: string): Promise<string[]> {
  const error = await loadSettings(file).then(
    (): unknown => {
      throw new Error('nothing was refused');
    },
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DefinitionErrors);
  return (error as DefinitionErrors).errors.map(({ message }) => message);
}

test('the example is complete, and says what is left out', async () => {
  const { settings, definitions }: Deployment = await loadSettings(join(EXAMPLE, 'deploy.yml'));
  expect(settings).toMatchObject({
    schedule: { at: '03:30', time_zone: 'Europe/Vienna' },
    limits: { gigabytes_a_query: 1000, night_hours: 20 },
    alarms: { night_hours: 4, gigabytes_a_day: 1000 },
    lake_formation: false,
  });
  expect(Object.keys(definitions.project.sources)).toEqual(['orders', 'refunds', 'customers']);
});

test.each([
  ['account', undefined, /account is missing/],
  ['account', 123456789012, /write text: put quotes around it/],
  ['account', '12345', /twelve digits/],
  ['region', 'Frankfurt', /a region such as eu-central-1/],
  ['name', 'Corner Store', /small letters, digits and hyphens/],
  ['schedule', undefined, /schedule is missing/],
  ['schedule.time_zone', undefined, /schedule.time_zone is missing.*\n.*IANA zone/],
  ['schedule.time_zone', '+01:00', /is no IANA time zone/],
  ['schedule.time_zone', 'Europe/Viena', /did you mean Europe\/Vienna\?/],
  ['schedule.time_zone', 'Europe/London', /days of the shop are those of Europe\/Vienna/],
  ['schedule.at', '3:30', /such as "03:30"/],
  ['schedule.at', '02:30', /02:30 does not exist on every day in Europe\/Vienna: clocks skip it, as on 2026-03-29/],
  ['alarms.email', 'nobody', /alarms.email/],
  ['alarms', undefined, /alarms is missing/],
  ['sources', [], /at least 1/],
  ['sources.0.locations', ['s3://corner-store-lake/shop'], /s3:\/\/bucket\/prefix\//],
  ['sources.0.locations', ['s3://corner-store-lake/*/'], /s3:\/\/bucket\/prefix\//],
  ['sources.0.database', 'store', /tidemark.yml reads shop.orders, shop.refunds, but no source here names/],
  ['sources.0.database', 'store', /tidemark.yml reads nothing of the database store/],
  ['sources.1.database', 'shop', /the database shop stands here twice/],
  ['sources.1.owner.account', '123456789012', /the owner is the very account/],
  ['sources.0.keys', ['alias/lake'], /the ARN of a KMS key/],
  ['sources.0.keys', ['arn:aws:kms:us-east-1:123456789012:key/1-2'], /the key is one of us-east-1/],
  ['database', 'shop', /shop is a source and the database of Tidemark itself/],
  [
    'hash_salt_secret',
    'arn:aws:secretsmanager:us-east-1:123456789012:secret:salt-AbCdEf',
    /the secret is in us-east-1/,
  ],
  ['lake_formation', 'yes please', /write true or false/],
  ['limits', { night_hours: 30 }, /at most 23/],
  ['limits', { night_hours: 3 }, /ended after 3 hours, so that none can be told for taking 4/],
  ['alarm', { email: 'a@b.example' }, /unknown key "alarm".*\n.*alarms/],
  ['project', 'elsewhere', /^deploy.yml:\d+: project is elsewhere, and .*\/elsewhere holds no tidemark.yml/],
])('%s: %j is refused', async (path, value, message) => {
  const told = await errorsOf(settingsWith((settings) => set(settings, path, value)));
  expect(told.join('\n')).toMatch(message);
});

test('every mistake is told at once, each with its line', async () => {
  const file = settingsWith((settings) => {
    set(settings, 'schedule.at', '02:30');
    set(settings, 'sources.1.database', 'shop');
  });
  const told = await errorsOf(file);
  expect(told.length).toBeGreaterThanOrEqual(3);
  for (const message of told) expect(message).toMatch(/^deploy.yml:\d+: /);
});

test('files are no tables: said before anything is deployed', async () => {
  const file = settingsWith((_, project) => set(project, 'sources.orders.from', 'orders.csv'));
  await expect(loadSettings(file)).rejects.toThrow(/source orders: .* is no table/);
});

test('hashed ids need a salt', async () => {
  const file = settingsWith((_, project) =>
    set(project, 'sources.orders.columns.customer_id', { column: 'buyer', hash: true }),
  );
  expect(await errorsOf(file)).toEqual([expect.stringMatching(/hashes customer ids of orders, and there is no salt/)]);
});

test('a settings file that is not there is named', async () => {
  expect((await errorsOf(join(scratch, 'none.yml')))[0]).toMatch(/none.yml/);
});

describe('a time of day that clocks skip', () => {
  test.each([
    ['02:30', 'Europe/Vienna', '2026-03-29'],
    ['02:00', 'Europe/Vienna', '2026-03-29'],
    ['02:59', 'America/New_York', '2026-03-08'],
    ['02:15', 'Australia/Sydney', '2026-10-04'],
    // Half an hour, from two o'clock on.
    ['02:10', 'Australia/Lord_Howe', '2026-10-04'],
    // At midnight.
    ['00:30', 'America/Santiago', '2026-09-06'],
    ['00:30', 'Asia/Beirut', '2026-03-29'],
  ])('%s in %s is skipped on %s', (time, zone, date) => {
    expect(dateWithout(time, zone)).toBe(date);
  });

  test.each([
    ['01:59', 'Europe/Vienna'],
    ['03:00', 'Europe/Vienna'],
    ['02:30', 'UTC'],
    ['02:30', 'Asia/Tokyo'],
    ['02:45', 'Australia/Lord_Howe'],
    ['23:59', 'America/Santiago'],
    ['01:00', 'America/Santiago'],
  ])('%s in %s is there every day', (time, zone) => {
    expect(dateWithout(time, zone)).toBeUndefined();
  });
});
