import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { walkNight } from '../../../src/cli/walk';
import type { Definitions } from '../../../src/core/definitions';
import type { TidemarkError } from '../../../src/core/errors';
import type { AthenaSettings } from '../../../src/engines/athena/settings';
import { rebuildCatalog } from '../../../src/pipeline/rebuild-catalog';
import { loadDefinitions } from '../../../src/project/load-definitions';
import { ORDERS, projectFile, writeProject } from '../../cli/run-cli';
import { smallPipeline } from '../../support/small-pipeline';
import type { Fault } from '../double/double';
import { type AthenaLab, openAthenaLab } from './athena-lab';
import { shareShop } from './glue-shop';

/**
 * A night that may not read a source ends with the table and the right that is missing, wherever the files of the source lie:
 * in a bucket of their own, or beside Tidemark's files in the bucket of the snapshots.
 */
let lab: AthenaLab;
const mark = Date.now().toString(36);
const [bucket, lake] = [`own-denied-${mark}`, `lake-denied-${mark}`];
const SETTINGS: AthenaSettings = { bucket, prefix: '', database: `denied_${mark}`, workgroup: 'primary' };
const PLACES = [
  ['in a bucket of its own', lake, `denied_lake_${mark}`],
  ['in the bucket of the snapshots', bucket, `denied_own_${mark}`],
] as const;
const shops = new Map<string, Definitions>();

beforeAll(async () => {
  lab = await openAthenaLab();
  for (const Bucket of [bucket, lake]) await lab.clients.s3.send(new CreateBucketCommand({ Bucket }));
  const local = writeProject({ 'tidemark.yml': projectFile(), 'orders.csv': ORDERS });
  for (const [, place, shop] of PLACES)
    shops.set(shop, smallPipeline(await loadDefinitions(await shareShop(local, shop, lab.clients, {}, place))));
  const [definitions] = shops.values();
  await rebuildCatalog({ ports: lab.ports(SETTINGS), definitions: definitions as Definitions, hashSalt: undefined });
});
afterEach(() => lab.double.faults.clear());
afterAll(() => lab?.stop());

describe.each(PLACES)('a source %s', (_, place, shop) => {
  const caller = 'User: arn:aws:sts::123456789012:assumed-role/r/jane@example.com is not authorized to perform';
  const denyTable = (by: 'glue' | 's3' | 'kms' | 'lakeformation'): Fault => {
    return { on: 'athena:statement', times: 99, do: { kind: 'denyTable', table: `${shop}.orders`, by } };
  };
  const denyListing = (message: string): Fault => {
    const refusal = { kind: 'refuse', type: 'AccessDenied', status: 403, message } as const;
    return { on: 's3:ListBucket', match: new RegExp(`^${place}$`), times: 1, do: refusal };
  };

  test.each([
    ['whose files Athena may not read', denyTable('s3'), ['s3:GetObject', `s3://${place}/${shop}/orders/`]],
    ['whose key Athena may not use', denyTable('kms'), ['kms:Decrypt on arn:aws:kms:', 'policy of the key']],
    ['whose table Glue does not show', denyTable('glue'), ['glue:GetTable']],
    ['that Lake Formation keeps back', denyTable('lakeformation'), ['grant SELECT and DESCRIBE']],
    ['whose files may not be listed', denyListing('Access Denied'), ['s3:ListBucket']],
    [
      'whose files may not be listed, as a policy says',
      denyListing(`${caller}: s3:ListBucket on resource: "arn:aws:s3:::${place}" because no policy allows it`),
      [`allow s3:ListBucket on arn:aws:s3:::${place}`],
    ],
  ])('%s', async (_, fault, mentions) => {
    lab.double.faults.add(fault);
    const context = { ports: lab.ports(SETTINGS), definitions: shops.get(shop) as Definitions, hashSalt: undefined };
    const error = (await walkNight(context, { run_date: '2025-03-07' }).catch(
      (thrown: unknown) => thrown,
    )) as TidemarkError;
    expect(error).toMatchObject({
      name: 'EngineError',
      code: 'table_access_denied',
      place: { table: `${shop}.orders` },
    });
    for (const words of mentions) expect(error.message).toContain(words);
    expect(error.message).not.toContain('jane');
    expect(await context.ports.store.get('current.json')).toBeUndefined();
  });
});
