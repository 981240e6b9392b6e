import { DeleteTableCommand, GetPartitionsCommand } from '@aws-sdk/client-glue';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { Definitions } from '../../../src/core/definitions';
import type { TidemarkError } from '../../../src/core/errors';
import { attemptPrefix } from '../../../src/core/snapshots/paths';
import type { AthenaSettings } from '../../../src/engines/athena/settings';
import { catalogTables } from '../../../src/engines/athena/tables';
import { examine, type Finding } from '../../../src/pipeline/examine';
import { rebuildCatalog } from '../../../src/pipeline/rebuild-catalog';
import { loadDefinitions } from '../../../src/project/load-definitions';
import { ORDERS, projectFile, runCli, writeProject } from '../../cli/run-cli';
import { smallPipeline } from '../../support/small-pipeline';
import type { FaultAction } from '../double/double';
import { BUCKET } from '../servers';
import { type AthenaLab, openAthenaLab } from './athena-lab';
import { shareShop } from './glue-shop';
import { pointer, RUN } from './small-catalog';

/** What `tidemark doctor` says of an account that is right, and of what can be wrong: there with few models. */
let lab: AthenaLab;
let project: string;
let small: Definitions;
const mark = Date.now().toString(36);
const [database, shop] = [`doctor_${mark}`, `doctor_shop_${mark}`];
const SETTINGS: AthenaSettings = {
  bucket: BUCKET,
  prefix: `${database}_s/`,
  database: `${database}_s`,
  workgroup: 'night',
};
const night = { enforced: true, bytesScannedCutoffPerQuery: 1e12 };

beforeAll(async () => {
  lab = await openAthenaLab({
    workgroups: {
      whole: { ...night, outputLocation: `s3://${BUCKET}/${database}/query-results/` },
      night: { ...night, outputLocation: `s3://${BUCKET}/${SETTINGS.prefix}query-results/` },
      off: { ...night, state: 'DISABLED' },
      old: { ...night, engineVersion: 2 },
      loose: {},
      elsewhere: { ...night, outputLocation: 's3://athena-results/everybody/' },
    },
  });
  const local = writeProject({ 'tidemark.yml': projectFile(), 'orders.csv': ORDERS });
  project = await shareShop(local, shop, lab.clients);
  small = smallPipeline(await loadDefinitions(project));
});
afterEach(() => lab.double.faults.clear());
afterAll(() => lab?.stop());

async function filesBelow(prefix: string): Promise<unknown[]> {
  return (await lab.clients.s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: prefix }))).Contents ?? [];
}

async function partitionsOf(DatabaseName: string, TableName: string): Promise<unknown[]> {
  return (await lab.clients.glue.send(new GetPartitionsCommand({ DatabaseName, TableName }))).Partitions ?? [];
}

test('an account that is right: by the command line, with every model', async () => {
  const tidemark = (...args: string[]) =>
    runCli([...args, '--project', project, '--out', `s3://${BUCKET}/${database}`, '--database', database, '--json'], {
      env: { ...lab.double.environment, TIDEMARK_WORKGROUP: 'whole' },
    });
  expect((await tidemark('catalog')).code).toBe(0);
  const { code, stdout } = await tidemark('doctor', '--engine', 'athena');
  const { checks } = JSON.parse(stdout) as { checks: (Finding & { ok: boolean })[] };
  expect(checks.filter(({ ok, warnings }) => !ok || warnings.length > 0)).toEqual([]);
  expect(code).toBe(0);
  const count = (area: Finding['area']) => checks.filter((each) => each.area === area).length;
  expect([count('files'), count('engine'), count('sources')]).toEqual([5, 3, 1]);
  const { models } = await loadDefinitions(project);
  const { tables, views } = catalogTables(models, SETTINGS);
  // Beside them the database, the view of the published run, and a partition of two tables.
  expect(count('catalog')).toBe(tables.length + views.length + 4);
  const explained = checks.filter(({ area }) => area === 'statements').flatMap(({ check }) => check.split(' '));
  const kept = tables.flatMap(({ Name }) => (Name.endsWith('_attempts') ? [Name.replace(/_attempts$/, '')] : []));
  expect(kept.filter((table) => !explained.includes(table.replace('__', '@')))).toEqual([]);
  const names = checks.map(({ check }) => check);
  expect(names).toEqual(expect.arrayContaining([`view ${database}.people`, `view ${database}.receipts`]));
  expect(await filesBelow(`${database}/doctor/`)).toEqual([]);
  for (const table of ['people_runs', 'people_attempts']) expect(await partitionsOf(database, table)).toEqual([]);
});

async function look(change: Partial<AthenaSettings> = {}): Promise<Finding[]> {
  const ports = lab.ports({ ...SETTINGS, ...change });
  return examine(mark, { ports, definitions: small, hashSalt: undefined });
}

const failed = (findings: readonly Finding[]): [string, string, string, string | undefined][] =>
  findings.flatMap(({ area, check, errors }) =>
    errors.map(({ code, place }): [string, string, string, string | undefined] => [area, check, code, place?.table]),
  );
const text = (findings: readonly Finding[], check: RegExp): string =>
  findings
    .filter((finding) => check.test(finding.check))
    .flatMap(({ errors }) => errors.map((error: TidemarkError) => error.message))
    .join('\n');

describe('one thing of each kind wrong', () => {
  beforeAll(() => rebuildCatalog({ ports: lab.ports(SETTINGS), definitions: small, hashSalt: undefined }));

  const caller = 'User: arn:aws:sts::123456789012:assumed-role/r/jane@example.com is not authorized to perform';
  const refuse = (on: string, message: string, match?: RegExp) =>
    lab.double.faults.add({
      on,
      times: 99,
      ...(match ? { match } : {}),
      do: { kind: 'refuse', type: 'AccessDeniedException', status: 403, message } as FaultAction,
    });
  const denySource = (by: 'glue' | 's3' | 'kms' | 'lakeformation') =>
    lab.double.faults.add({
      on: 'athena:statement',
      times: 99,
      do: { kind: 'denyTable', table: `${shop}.orders`, by },
    });
  const own = (table: string) => `arn:aws:glue:us-east-1:123456789012:table/${SETTINGS.database}/${table}`;

  test('writes refused, a source that may not be read, no right to make partitions, a table that is gone', async () => {
    refuse('s3:PutObject', 'Access Denied', /doctor\//);
    denySource('glue');
    refuse(
      'glue:BatchCreatePartition',
      `${caller}: glue:BatchCreatePartition on resource: ${own('people_runs')}`,
      /_runs/,
    );
    await lab.clients.glue.send(new DeleteTableCommand({ DatabaseName: SETTINGS.database, Name: 'changes_attempts' }));
    const findings = await look();
    const { database: name } = SETTINGS;
    expect(failed(findings)).toEqual([
      ['files', 'write, if the key is new', 'access_denied', undefined],
      ['catalog', `${name}.changes_attempts`, 'table_missing', `${name}.changes_attempts`],
      ['catalog', `a partition of ${name}.people_runs, made and deleted`, 'table_access_denied', `${name}.people_runs`],
      ['sources', 'orders', 'table_access_denied', `${shop}.orders`],
    ]);
    expect(text(findings, /^write/)).toContain('s3:PutObject');
    expect(text(findings, /^a partition/)).toContain('glue:BatchCreatePartition');
    expect(text(findings, /^orders/)).toContain('glue:GetTable');
    expect(JSON.stringify(findings.map(({ errors }) => errors.map(({ message }) => message)))).not.toContain('jane');
  });

  test('keys without a grant, no right to delete partitions, a view that may not be replaced, another that is gone', async () => {
    refuse('s3:PutObject', `${caller}: kms:GenerateDataKey on resource: arn:aws:kms:us-east-1:1:key/own`, /doctor\//);
    denySource('kms');
    refuse(
      'glue:BatchDeletePartition',
      `${caller}: glue:BatchDeletePartition on resource: ${own('people_runs')}`,
      /_runs/,
    );
    const reason = `Insufficient permissions to execute the query. ${caller}: glue:UpdateTable on resource: ${own('current_run')} because no identity-based policy allows the glue:UpdateTable action`;
    lab.double.faults.add({ on: 'athena:statement', match: /replace view/, do: { kind: 'fail', reason } });
    await lab.clients.glue.send(new DeleteTableCommand({ DatabaseName: SETTINGS.database, Name: 'changes' }));
    const findings = await look();
    const { database: name } = SETTINGS;
    expect(failed(findings)).toEqual(
      expect.arrayContaining([
        ['files', 'write, if the key is new', 'access_denied', undefined],
        ['catalog', `view ${name}.current_run, replaced by what it says`, 'table_access_denied', `${name}.current_run`],
        [
          'catalog',
          `a partition of ${name}.people_runs, made and deleted`,
          'table_access_denied',
          `${name}.people_runs`,
        ],
        ['catalog', `view ${name}.changes`, 'table_missing', `${name}.changes`],
        ['sources', 'orders', 'table_access_denied', `${shop}.orders`],
      ]),
    );
    expect(text(findings, /^write/)).toContain('allow kms:GenerateDataKey on arn:aws:kms:us-east-1:1:key/own');
    expect(text(findings, /^orders/)).toMatch(
      /allow kms:Decrypt on arn:aws:kms:\S+key\/of-the-table .* policy of the key/,
    );
    expect(text(findings, /current_run/)).toContain('glue:UpdateTable');
    expect(JSON.stringify(findings.map(({ errors }) => errors.map(({ message }) => message)))).not.toContain('jane');
  });

  test('credentials that nobody knows: told once', async () => {
    const type = 'InvalidAccessKeyId';
    lab.double.faults.add({ on: 's3:ListBucket', times: 99, do: { kind: 'refuse', type, status: 403 } });
    const findings = await look();
    expect(failed(findings)).toEqual([['files', 'list', 'credentials_invalid', undefined]]);
    expect(findings).toHaveLength(1);
  });

  test('a view that lags behind the pointer is replaced by what that says; a source table that is not there is told', async () => {
    const ports = lab.ports(SETTINGS);
    await rebuildCatalog({ ports, definitions: small, hashSalt: undefined });
    await ports.catalog.publish(RUN(1), [{ name: 'people', prefix: attemptPrefix('people', RUN(1), 1) }]);
    await ports.store.put('current.json', JSON.stringify(pointer(1)));
    const extra = projectFile().replace(
      'sources:\n',
      `sources:\n  refunds:\n    from: ${shop}.refund\n    columns: { order_id: id, refunded_at: day, amount: total }\n`,
    );
    const more = await loadDefinitions(writeProject({ 'tidemark.yml': extra.replace('orders.csv', `${shop}.orders`) }));
    const findings = await examine(mark, {
      ports,
      definitions: { ...small, project: more.project },
      hashSalt: undefined,
    });
    expect(failed(findings)).toEqual([['sources', 'refunds', 'source_missing', 'refunds']]);
    expect(text(findings, /^refunds/)).toMatch(/no table refund in the Glue database/);
    expect(findings.some(({ area }) => area === 'statements')).toBe(false);
    const { rows } = await lab.trino(SETTINGS.database).query('select run_id from current_run');
    expect(rows).toEqual([[RUN(1)]]);
    expect(await partitionsOf(SETTINGS.database, 'people_runs')).toHaveLength(1);
  });
});

describe('the workgroup', () => {
  test.each([
    ['nowhere', 'workgroup_missing', /there is no workgroup nowhere/],
    ['off', 'workgroup_disabled', /enable it/],
    ['old', 'engine_version', /runs Athena engine version 2.*set its engine version to Athena engine version 3/s],
  ])('%s: %s', async (workgroup, code, message) => {
    const engine = lab.ports({ ...SETTINGS, workgroup }).engine;
    const error = (await engine.inspect().catch((thrown: unknown) => thrown)) as TidemarkError;
    expect(error).toMatchObject({ name: 'EngineError', code, message: expect.stringMatching(message) });
  });

  test('that takes no statement: what needs one is not tried', async () => {
    const findings = await look({ workgroup: 'off' });
    expect(failed(findings)).toEqual([
      ['engine', 'settings of the engine', 'workgroup_disabled', undefined],
      ['engine', 'a statement that reads', 'workgroup_disabled', undefined],
    ]);
    expect(findings.map(({ area }) => area)).toEqual([...Array(5).fill('files'), 'engine', 'engine']);
  });

  test.each([
    ['night', []],
    ['loose', ['workgroup_without_limit', 'workgroup_not_enforced']],
    ['elsewhere', ['workgroup_results_elsewhere']],
  ])('%s: nights can live with %j', async (workgroup, codes) => {
    const found = await lab.ports({ ...SETTINGS, workgroup }).engine.inspect();
    expect(found.map(({ code }) => code)).toEqual(codes);
    for (const { remedy } of found) expect(remedy).toMatch(/query-results|BytesScannedCutoffPerQuery/);
  });
});
