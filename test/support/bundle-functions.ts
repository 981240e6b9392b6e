import { mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { BUNDLING } from '../../infra/bundling';

const ROOT = resolve(__dirname, '../..');

/** Files of functions/ that are functions. */
export const FUNCTION_NAMES: readonly string[] = readdirSync(join(ROOT, 'functions'))
  .filter((file) => !file.startsWith('_'))
  .map((file) => file.replace(/\.ts$/, ''));

/** Bundles every function as it is deployed: `<folder>/<name>.mjs`. */
export async function bundleFunctions(folder: string, more: BuildOptions = {}): Promise<Metafile> {
  mkdirSync(folder, { recursive: true });
  const { banner, define, target } = BUNDLING;
  const { metafile } = await build({
    entryPoints: FUNCTION_NAMES.map((name) => join(ROOT, 'functions', `${name}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    target,
    banner: { js: banner },
    define,
    metafile: true,
    logLevel: 'warning',
    ...more,
  });
  return metafile as Metafile;
}
