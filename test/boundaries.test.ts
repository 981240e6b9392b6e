import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

/** Who may import whom, read from what a bundler really resolves; biome.json says the same for editors. */
const ROOT = resolve(__dirname, '..');

interface Rule {
  /** Folders of src/ whose files it may import, besides its own. functions/ and infra/ lie beside src/. */
  folders: readonly string[];
  /** Packages and Node's own modules it may import; '*' any. */
  packages: readonly string[];
}

const RULES: Readonly<Record<string, Rule>> = {
  core: { folders: [], packages: ['zod', 'node:crypto', 'fastest-levenshtein'] },
  ports: { folders: ['core'], packages: [] },
  engines: {
    folders: ['core', 'ports'],
    packages: [
      '@aws-sdk/client-athena',
      '@aws-sdk/client-glue',
      '@aws-sdk/client-s3',
      '@duckdb/node-api',
      'exponential-backoff',
      'fastest-levenshtein',
      'hyparquet',
      'node:',
    ],
  },
  pipeline: { folders: ['core', 'ports'], packages: ['hyparquet', 'hyparquet-compressors'] },
  project: { folders: ['core'], packages: ['yaml', 'zod', 'fastest-levenshtein', 'node:'] },
  demo: { folders: ['core'], packages: ['@duckdb/node-api', 'node:'] },
  cli: { folders: ['core', 'ports', 'engines', 'pipeline', 'project', 'demo'], packages: ['*'] },
  functions: {
    folders: ['core', 'ports', 'engines', 'pipeline', 'project'],
    packages: [
      '@aws-lambda-powertools/logger',
      '@aws-lambda-powertools/metrics',
      '@aws-lambda-powertools/tracer',
      '@aws-sdk/client-sfn',
      'node:',
      'zod',
    ],
  },
  infra: {
    folders: ['core', 'project', 'engines', 'pipeline'],
    packages: ['aws-cdk-lib', 'aws-cdk-lib/*', 'cdk-nag', 'constructs', 'node:', 'zod'],
  },
};

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sourceFiles(path) : /\.[jt]s$/.test(entry.name) ? [path] : [];
  });
}

interface Import {
  from: string;
  to: string;
  isExternal: boolean;
}

/** Every import of every file below src/, functions/ and infra/, type imports included. */
async function imports(): Promise<Import[]> {
  const result = await build({
    entryPoints: ['src', 'functions', 'infra'].flatMap((folder) => sourceFiles(join(ROOT, folder))),
    absWorkingDir: ROOT,
    bundle: true,
    metafile: true,
    write: false,
    outdir: 'nowhere',
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
    // Types are dropped by a bundler, but a type binds two folders as firmly as a value does.
    plugins: [
      {
        name: 'keep-type-imports',
        setup(bundler) {
          bundler.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
            const { readFile } = await import('node:fs/promises');
            const text = await readFile(path, 'utf8');
            const names = [...text.matchAll(/^(?:import|export)\b[^;'"]*?\bfrom '([^']+)'|^import '([^']+)'/gm)].map(
              (found) => found[1] ?? found[2],
            );
            return { contents: names.map((name) => `import ${JSON.stringify(name)};`).join('\n'), loader: 'ts' };
          });
        },
      },
    ],
  });
  return Object.entries(result.metafile.inputs).flatMap(([from, input]) =>
    input.imports.map(({ path, external }) => ({ from, to: path, isExternal: external === true })),
  );
}

const layerOf = (path: string): string => path.replace(/^src\//, '').split('/')[0] as string;

function problemOf({ from, to, isExternal }: Import): string | undefined {
  const layer = layerOf(from);
  const rule = RULES[layer];
  if (!rule) return `${from}: src/${layer} has no rule; add one here and in biome.json`;
  const isAllowed = isExternal
    ? rule.packages.some((name) => name === to || (/[*:]$/.test(name) && to.startsWith(name.replace('*', ''))))
    : layerOf(to) === layer || rule.folders.includes(layerOf(to));
  // Its version, which a bundler then carries along.
  if (to === 'package.json' && layer === 'project') return undefined;
  return isAllowed ? undefined : `${from} imports ${to}`;
}

test('every folder of src/ imports only what it may', async () => {
  const found = await imports();
  expect(found.length).toBeGreaterThan(300);
  expect(found.flatMap((each) => problemOf(each) ?? [])).toEqual([]);
});

test('two engines never know each other', async () => {
  const engineOf = (path: string): string | undefined => /^src\/engines\/([^/]+)\//.exec(path)?.[1];
  const found = await imports();
  expect(found.filter(({ from, to }) => engineOf(from) && engineOf(to) && engineOf(from) !== engineOf(to))).toEqual([]);
});

test('functions know Athena alone', async () => {
  const found = await imports();
  expect(found.filter(({ from, to }) => from.startsWith('functions/') && to.includes('engines/duckdb'))).toEqual([]);
});

test('infra knows where things run: of engines the tables of Glue, of the pipeline its list of steps, and no client of AWS', async () => {
  const found = (await imports()).filter(({ from }) => from.startsWith('infra/'));
  const engines = /^src\/engines\/athena\/(tables|views|source-names)\.ts$/;
  expect(found.filter(({ to }) => to.startsWith('src/engines/') && !engines.test(to))).toEqual([]);
  expect(found.filter(({ to }) => to.startsWith('src/pipeline/') && to !== 'src/pipeline/steps.ts')).toEqual([]);
  expect(found.some(({ to }) => to === 'src/engines/athena/tables.ts')).toBe(true);
});

test('a rule that is broken is told', () => {
  expect(problemOf({ from: 'src/core/run.ts', to: 'node:fs', isExternal: true })).toBe(
    'src/core/run.ts imports node:fs',
  );
  expect(problemOf({ from: 'src/pipeline/steps.ts', to: 'src/engines/duckdb/lock.ts', isExternal: false })).toContain(
    'imports src/engines',
  );
  expect(problemOf({ from: 'src/project/a.ts', to: 'src/cli/walk.ts', isExternal: false })).toContain(
    'imports src/cli',
  );
  expect(problemOf({ from: 'src/core/a.ts', to: 'zod', isExternal: true })).toBeUndefined();
  expect(problemOf({ from: 'infra/app.ts', to: '@aws-sdk/client-glue', isExternal: true })).toContain(
    'imports @aws-sdk',
  );
  expect(problemOf({ from: 'infra/app.ts', to: 'aws-cdk-lib/aws-iam', isExternal: true })).toBeUndefined();
});
