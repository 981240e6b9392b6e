import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { DefinitionError } from '../core/errors';

/** Present in every folder the generator made: what allows it to replace one. */
const MARKER = '.tidemark-demo.json';
const PACKAGE_ROOT = resolve(__dirname, '..', '..');
const SCHEMA_LINE = /^# yaml-language-server: \$schema=(\S+)/;

/**
 * A demo folder under construction: everything is written into a hidden folder beside it and moved in at the end, so a
 * run that dies leaves the earlier demo as it was.
 */
export class DemoFolder {
  readonly building: string;

  private constructor(readonly dir: string) {
    this.building = join(dir, `.building-${process.pid}`);
  }

  /**
   * @throws DefinitionError demo_dir_not_empty when the folder holds anything but an earlier demo, demo_dir_unusable
   * when it cannot be made or written.
   */
  static open(path: string): DemoFolder {
    const dir = resolve(path);
    if (existsSync(dir) && !statSync(dir).isDirectory()) throw unusable(dir, 'is a file');
    if (existsSync(dir) && !looksLikeDemo(dir)) {
      throw new DefinitionError({
        code: 'demo_dir_not_empty',
        place: { file: dir },
        found: 'the folder is not empty and was not made by `tidemark demo`',
        remedy: 'name a new or empty folder',
      });
    }
    const folder = new DemoFolder(dir);
    try {
      for (const name of existsSync(dir) ? readdirSync(dir) : []) {
        if (name.startsWith('.building-')) rmSync(join(dir, name), { recursive: true });
      }
      for (const part of ['data', 'truth', 'scratch']) mkdirSync(join(folder.building, part), { recursive: true });
    } catch (error) {
      throw unusable(dir, 'cannot be written', error);
    }
    return folder;
  }

  /** Copies tidemark.yml and the shipped segments, their editor schema lines pointing back into the package. */
  copyDefinitions(): void {
    this.copyYaml(join(__dirname, 'files', 'tidemark.yml'), 'tidemark.yml');
    const segments = join(PACKAGE_ROOT, 'segments');
    const names = existsSync(segments) ? readdirSync(segments).filter((name) => name.endsWith('.yml')) : [];
    for (const name of names.sort()) this.copyYaml(join(segments, name), join('segments', name));
  }

  /** Moves what was built into place: data and truth replaced whole, definitions file by file, anything else kept. */
  finish(facts: Record<string, unknown>): void {
    rmSync(join(this.building, 'scratch'), { recursive: true, force: true });
    writeFileSync(join(this.dir, MARKER), `${JSON.stringify(facts, null, 2)}\n`);
    for (const name of ['data', 'truth']) {
      rmSync(join(this.dir, name), { recursive: true, force: true });
      renameSync(join(this.building, name), join(this.dir, name));
    }
    const segments = join(this.building, 'segments');
    mkdirSync(join(this.dir, 'segments'), { recursive: true });
    for (const name of existsSync(segments) ? readdirSync(segments) : []) {
      renameSync(join(segments, name), join(this.dir, 'segments', name));
    }
    renameSync(join(this.building, 'tidemark.yml'), join(this.dir, 'tidemark.yml'));
    this.discard();
  }

  discard(): void {
    rmSync(this.building, { recursive: true, force: true });
    if (existsSync(this.dir) && readdirSync(this.dir).length === 0) rmSync(this.dir, { recursive: true });
  }

  private copyYaml(source: string, target: string): void {
    const [first = '', ...rest] = readFileSync(source, 'utf8').split('\n');
    const schema = SCHEMA_LINE.exec(first)?.[1];
    const line =
      schema && !schema.includes('://')
        ? `# yaml-language-server: $schema=${relative(dirname(join(this.dir, target)), resolve(dirname(source), schema))
            .split(sep)
            .join('/')}`
        : first;
    const path = join(this.building, target);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, [line, ...rest].join('\n'));
  }
}

function looksLikeDemo(dir: string): boolean {
  const names = readdirSync(dir).filter((name) => !name.startsWith('.building-'));
  return names.length === 0 || names.includes(MARKER);
}

function unusable(dir: string, why: string, cause?: unknown): DefinitionError {
  return new DefinitionError({
    code: 'demo_dir_unusable',
    place: { file: dir },
    found: `the folder ${why}`,
    remedy: 'name a folder that can be written',
    cause,
  });
}
