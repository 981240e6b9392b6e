import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, freePorts, startChild } from './child';

export const BUCKET = 'lake';

export interface Server {
  url: string;
  child: Child;
}

/** Both servers live for minutes: a parallel collector costs more than it saves. */
const SHORT_LIVED = ['-XX:+UseSerialGC'];

/** An S3 API over a folder, with one empty bucket. What it forgets in the folder of temporary files goes with the lab. */
export async function startS3(java: string, jar: string, folder: string): Promise<Server> {
  const [http, https] = await freePorts(2);
  mkdirSync(join(folder, 's3'), { recursive: true });
  const store = 'com.adobe.testing.s3mock.store';
  const args = [
    ...[
      '-Xmx512m',
      ...SHORT_LIVED,
      // It does little at a time; of Trino, which plans for minutes, the second compiler takes a sixth of the time.
      '-XX:TieredStopAtLevel=1',
      `-Djava.io.tmpdir=${folder}`,
      '-jar',
      jar,
      `--http.port=${http}`,
      `--server.port=${https}`,
    ],
    ...[`--${store}.root=${join(folder, 's3')}`, `--${store}.initial-buckets=${BUCKET}`],
  ];
  const child = startChild('S3Mock', java, args, { log: join(folder, 's3.log') });
  const url = `http://127.0.0.1:${http}`;
  await orStop(child, () => child.ready(async () => (await fetch(`${url}/${BUCKET}`, { method: 'HEAD' })).ok, 240));
  return { url, child };
}

/** Tables are tiny and the machine is one: what makes big queries quicker on many machines only costs every small one here. */
const CONFIG = (port: number, plugins: string): string => `coordinator=true
node-scheduler.include-coordinator=true
http-server.http.port=${port}
discovery.uri=http://127.0.0.1:${port}
query.max-memory=1GB
query.max-memory-per-node=1GB
memory.heap-headroom-per-node=1GB
task.concurrency=1
task.min-writer-count=1
task.max-writer-count=1
task.scale-writers.enabled=false
scale-writers=false
query.max-hash-partition-count=1
query.min-hash-partition-count=1
query.min-hash-partition-count-for-write=1
enable-dynamic-filtering=false
optimizer.join-reordering-strategy=NONE
join-distribution-type=BROADCAST
enable-stats-calculator=false
task.per-operator-cpu-timer-enabled=false
plugin.dir=${plugins}
`;

const CATALOG = (s3: string, metastore: string): string => `connector.name=hive
hive.metastore=file
hive.metastore.catalog.dir=local:///
fs.native-local.enabled=true
local.location=${metastore}
fs.native-s3.enabled=true
s3.endpoint=${s3}
s3.region=us-east-1
s3.path-style-access=true
s3.aws-access-key=lab
s3.aws-secret-key=lab
hive.non-managed-table-writes-enabled=true
hive.storage-format=PARQUET
hive.compression-codec=ZSTD
hive.security=allow-all
hive.table-statistics-enabled=false
hive.collect-column-statistics-on-write=false
hive.allow-register-partition-procedure=true
`;

/** One Trino with a Hive catalog `lake` over the S3 API; its metastore is local files: as objects they would slow every listing. */
export async function startTrino(java: string, home: string, folder: string, s3: string): Promise<Server> {
  const [port] = (await freePorts(1)) as [number];
  const etc = join(folder, 'etc');
  mkdirSync(join(etc, 'catalog'), { recursive: true });
  mkdirSync(join(folder, 'data'), { recursive: true });
  const metastore = join(folder, 'metastore');
  mkdirSync(metastore);
  writeFileSync(join(etc, 'config.properties'), CONFIG(port, join(home, 'plugin')));
  writeFileSync(join(etc, 'log.properties'), 'io.trino=WARN\n');
  writeFileSync(join(etc, `catalog/${BUCKET}.properties`), CATALOG(s3, metastore));
  const args = [
    ...[
      '-server',
      '-Xmx4G',
      ...SHORT_LIVED,
      `-Djava.io.tmpdir=${folder}`,
      '-Duser.timezone=UTC',
      '--add-modules=jdk.incubator.vector',
    ],
    ...['--enable-native-access=ALL-UNNAMED', '-cp', 'lib/*', '-Dnode.environment=lab', '-Dnode.id=lab'],
    ...[`-Dnode.data-dir=${join(folder, 'data')}`, `-Dconfig=${join(etc, 'config.properties')}`],
    ...[`-Dcatalog.config-dir=${join(etc, 'catalog')}`, `-Dlog.levels-file=${join(etc, 'log.properties')}`],
    'io.trino.server.TrinoServer',
  ];
  const child = startChild('Trino', java, args, { log: join(folder, 'trino.log'), cwd: home });
  const url = `http://127.0.0.1:${port}`;
  const isReady = async (): Promise<boolean> =>
    ((await (await fetch(`${url}/v1/info`)).json()) as { starting: boolean }).starting === false;
  await orStop(child, () => child.ready(isReady, 240));
  return { url, child };
}

async function orStop(child: Child, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await child.stop();
    throw error;
  }
}
