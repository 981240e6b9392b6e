import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { Definitions } from '../../../src/core/definitions';
import type { Manifest } from '../../../src/core/snapshots/manifest';
import { attemptPrefix } from '../../../src/core/snapshots/paths';
import { writeDemoShop } from '../../../src/demo/write-demo-shop';
import { loadDefinitions } from '../../../src/project/load-definitions';
import { runCli } from '../../cli/run-cli';
import { hashesOf, runNights } from '../../support/night';
import { NIGHTS as GOLDEN_NIGHTS, makeShop, writeShop } from '../../support/shop';
import { differences } from '../compare';
import { BUCKET } from '../servers';
import { type LabEngine, openDuckDb, type Table } from '../two-engines';
import { type AthenaLab, openAthenaLab } from './athena-lab';
import { shareShop } from './glue-shop';

/**
 * Whole shops on both engines, each by the code that a user runs: DuckDB over the shop's own files, Athena by the command
 * line, over Glue tables of the same rows.
 */
interface Shop {
  name: string;
  nights: readonly string[];
  write(folder: string): Promise<unknown>;
}

const GOLDEN: Shop = {
  name: 'golden',
  nights: GOLDEN_NIGHTS,
  write: async (folder) => writeShop(folder, makeShop(160, 11)),
};
/**
 * Two nights far apart on both sides of a quarter's end, so that cut points move, and one horizon of 56 days apart, so that
 * the later one judges what the earlier one told; the golden ones lie close together.
 */
const DEMO: Shop = {
  name: 'demo',
  nights: ['2026-09-19', '2026-11-14'],
  write: (folder) => writeDemoShop({ dir: folder, customers: 300, seed: 7 }),
};

let lab: AthenaLab;
let duckdb: LabEngine;
beforeAll(async () => {
  lab = await openAthenaLab();
  duckdb = await openDuckDb();
});
afterAll(async () => {
  await duckdb?.close();
  await lab?.stop();
});

describe.each([GOLDEN, DEMO].map((shop) => [shop.name, shop] as const))('the %s shop', (name, shop) => {
  const database = `nights_${name}_${Date.now().toString(36)}`;
  const folder = mkdtempSync(join(tmpdir(), 'lab-nights-'));
  const local = join(folder, 'out');
  const place = ['--out', `s3://${BUCKET}/${database}`, '--database', database];
  let definitions: Definitions;
  let onDuckDb: Manifest[];
  const onAthena: Manifest[] = [];

  beforeAll(async () => {
    await shop.write(join(folder, 'shop'));
    definitions = await loadDefinitions(join(folder, 'shop'));
    onDuckDb = await runNights(join(folder, 'shop'), local, shop.nights, { definitions, now: Date.now() });
    const project = await shareShop(join(folder, 'shop'), `${database}_shop`, lab.clients);
    await tidemark('catalog', '--project', project, ...place);
    for (const night of shop.nights) {
      const told = await tidemark(
        'run',
        '--engine',
        'athena',
        '--project',
        project,
        ...place,
        '--run-date',
        night,
        '--json',
      );
      onAthena.push((JSON.parse(told) as { nights: [Manifest] }).nights[0]);
    }
  }, 900_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function tidemark(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await runCli(args, { env: lab.double.environment });
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    return stdout;
  }

  /** What Athena left below a prefix, read as others read it: from the files. Undefined where no rows left no file. */
  async function read(columns: readonly string[], prefix: string): Promise<Table | undefined> {
    const [Bucket, to] = [BUCKET, join(folder, prefix)];
    const { Contents = [] } = await lab.clients.s3.send(
      new ListObjectsV2Command({ Bucket, Prefix: `${database}/${prefix}` }),
    );
    mkdirSync(to, { recursive: true });
    for (const { Key = '' } of Contents) {
      const { Body } = await lab.clients.s3.send(new GetObjectCommand({ Bucket, Key }));
      writeFileSync(join(to, basename(Key)), (await Body?.transformToByteArray()) ?? '');
    }
    return Contents.length === 0 ? undefined : readFiles(columns, join(to, '*'));
  }

  const readFiles = (columns: readonly string[], files: string): Promise<Table> =>
    duckdb.read(`select ${columns} from read_parquet('${files}', hive_partitioning = false)`);

  test.each(shop.nights.map((night, index) => [night, index] as const))(
    '%s: the same public tables, by content hash',
    (_, index) => {
      const hashes = hashesOf(onAthena[index] as Manifest);
      expect(hashes).toEqual(hashesOf(onDuckDb[index] as Manifest));
      expect(Object.keys(hashes).length).toBeGreaterThan(3);
    },
  );

  test.each(shop.nights.map((night, index) => [night, index] as const))(
    '%s: the same rows and facts of every table on the way',
    async (_, index) => {
      const [here, there] = [onDuckDb[index], onAthena[index]] as [Manifest, Manifest];
      expect(there.facts).toEqual(here.facts);
      expect(there.warnings).toEqual(here.warnings);
      expect(there.audiences).toEqual(here.audiences);
      const differing: Record<string, string[]> = {};
      for (const { model: id } of here.cost.steps) {
        const columns = (definitions.models.get(id.split('@')[0] as string)?.sidecar.columns ?? []).map(
          (column) => column.name,
        );
        const ours = await readFiles(columns, join(local, attemptPrefix(id, here.run_id, 1), '*.parquet'));
        const theirs = await read(columns, attemptPrefix(id, there.run_id, 1));
        const found = differences(ours, theirs ?? { columns: ours.columns, rows: [] });
        if (found.length > 0) differing[id] = found.slice(0, 5);
      }
      expect(differing).toEqual({});
    },
  );

  test('every statement told what it scanned, and every source was read by one query a night', () => {
    for (const { cost } of onAthena) {
      expect(cost.bytes_scanned).toBeGreaterThan(0);
      // The date was given: what is left is the count of audiences.
      expect(cost.looks.bytes_scanned).toBeGreaterThan(0);
      const bytes = cost.steps.map((step) => step.bytes_scanned + step.check_bytes_scanned);
      expect(cost.bytes_scanned).toBe(bytes.reduce((sum, each) => sum + each, cost.looks.bytes_scanned));
      for (const step of cost.steps.filter((each) => each.rows > 0))
        expect([step.model, step.check_bytes_scanned > 0]).toEqual([step.model, true]);
    }
    const readers = (table: string): Set<string | undefined> =>
      new Set(
        lab.double.calls
          .filter((call) => call.action === 'glue:GetTable' && call.resources.some((arn) => arn.endsWith(table)))
          .map((call) => call.statement)
          .filter((statement) => statement !== undefined),
      );
    for (const source of Object.keys(definitions.project.file.sources))
      expect([source, readers(`:table/${database}_shop/${source}`).size]).toEqual([source, shop.nights.length]);
  });

  if (shop === GOLDEN)
    test('what Athena makes is what is committed as golden', () => {
      const expected = JSON.parse(readFileSync(join(__dirname, '../../golden/expected/content-hashes.json'), 'utf8'));
      for (const night of onAthena) expect(hashesOf(night)).toMatchObject(expected[night.run_date]);
    });
});
