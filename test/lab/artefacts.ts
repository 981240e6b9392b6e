import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LabUnavailable } from './java';

/** From Maven Central; Trino 476 is the last release whose server can be had there. */
const TRINO = 'io.trino:trino-server-core:476:tar.gz';
const HIVE = 'io.trino:trino-hive:476:zip';
const S3MOCK = 'com.adobe.testing:s3mock:5.0.0:jar:exec';

export interface Artefacts {
  /** Folder of the unpacked server, with the Hive plug-in alone: every other one costs start time. */
  trino: string;
  /** The S3 API as one jar. */
  s3mock: string;
}

/** Where the artefacts are kept between runs: `LAB_CACHE`, else `.lab-cache` of this checkout. */
export function cacheFolder(): string {
  return resolve(process.env.LAB_CACHE ?? join(__dirname, '../../.lab-cache'));
}

/**
 * The artefacts, fetched where the cache lacks them: about 500 MB once, half a minute on a good line.
 *
 * @throws LabUnavailable when Maven, tar or the network is missing.
 */
export function fetchArtefacts(java: string, cache = cacheFolder()): Artefacts {
  mkdirSync(cache, { recursive: true });
  const s3mock = download(S3MOCK, cache, 's3mock-5.0.0-exec.jar');
  const trino = join(cache, 'trino-476');
  if (!existsSync(trino)) {
    const server = download(TRINO, cache, 'trino-server-core-476.tar.gz');
    const hive = download(HIVE, cache, 'trino-hive-476.zip');
    unpackTrino(java, server, hive, trino);
    rmSync(server);
    rmSync(hive);
  }
  return { trino, s3mock };
}

function download(artefact: string, folder: string, file: string): string {
  const path = join(folder, file);
  if (existsSync(path)) return path;
  // Into a folder of its own first: a download that was cut off is never taken for a whole one.
  const partial = mkdtempSync(join(folder, 'partial-'));
  try {
    run('mvn', ['-q', '-B', 'dependency:copy', `-Dartifact=${artefact}`, `-DoutputDirectory=${partial}`], artefact);
    renameSync(join(partial, file), path);
    return path;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

function unpackTrino(java: string, server: string, hive: string, target: string): void {
  const partial = mkdtempSync(`${target}-partial-`);
  try {
    run('tar', ['-xzf', server, '-C', partial, '--strip-components=1'], server);
    rmSync(join(partial, 'plugin'), { recursive: true, force: true });
    mkdirSync(join(partial, 'plugin/unpacked'), { recursive: true });
    const jar = java === 'java' ? 'jar' : join(dirname(java), 'jar');
    run(jar, ['-xf', hive], hive, join(partial, 'plugin/unpacked'));
    const [folder] = readdirSync(join(partial, 'plugin/unpacked'));
    renameSync(join(partial, 'plugin/unpacked', folder as string), join(partial, 'plugin/hive'));
    rmSync(join(partial, 'plugin/unpacked'), { recursive: true });
    renameSync(partial, target);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

function run(command: string, args: string[], what: string, cwd?: string): void {
  const { error, status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (error) throw new LabUnavailable(`the lab needs ${command} to fetch ${what}: install it (${error.message})`);
  if (status === 0) return;
  const said = `${stdout}${stderr}`.split('\n').find((line) => /ERROR|rror:/.test(line)) ?? `exit code ${status}`;
  throw new LabUnavailable(`the lab could not fetch or unpack ${what}: ${said.trim()}`);
}
