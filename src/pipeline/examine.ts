import { DefinitionErrors, EngineError, SourceContractErrors, TidemarkError } from '../core/errors';
import type { ProjectSource } from '../core/project';
import { sideBySide } from '../core/side-by-side';
import type { Inspection } from '../ports/catalog';
import { runToEnd } from '../ports/run-to-end';
import type { StepContext } from './context';
import { explainNight } from './explain-night';
import { findSource } from './find-sources';
import { readPointer, type SourceNotes } from './notes';
import { readRows } from './query';
import { sourceSql } from './source-select';

/** One thing that a night needs, and what stands in its way; nothing where it can be reached. */
export interface Finding {
  area: 'files' | 'engine' | 'catalog' | 'sources' | 'statements';
  /** What was tried, in words for a person. */
  check: string;
  errors: readonly TidemarkError[];
  /** What a night can live with, and should not. */
  warnings: readonly TidemarkError[];
}

/** Every further call would fail alike. */
const NOBODY_THERE: ReadonlySet<string> = new Set([
  'credentials_missing',
  'credentials_expired',
  'credentials_invalid',
  'region_missing',
  'endpoint_unknown',
]);

/** Below it lie the objects that this makes, and deletes again. */
const PROBES = 'doctor/';

/**
 * Looks whether everything that a night touches can be reached by who runs this: files, engine, tables, sources, statements.
 * Goes on after a failure, so that all are told at once; only an engine that takes no statement, or a caller whom nobody
 * answers, leaves the rest untried. Of a snapshot nothing is changed; of it and of a source no more is read than metadata and whether one row can be.
 *
 * @param probe a name that nobody has used: of what is made and deleted.
 * @throws what is no TidemarkError.
 */
export async function examine(probe: string, context: StepContext): Promise<Finding[]> {
  const { catalog, store } = context.ports;
  const { models, project } = context.definitions;
  const findings: Finding[] = [];
  const add = async (area: Finding['area'], check: string, look: () => Promise<unknown>): Promise<boolean> => {
    const finding = await tried(area, check, look);
    findings.push(finding);
    return finding.errors.length === 0;
  };
  const addAll = async (area: Finding['area'], looks: readonly Inspection[]): Promise<void> => {
    findings.push(...(await sideBySide(looks, ({ name, look }) => tried(area, name, look))));
  };
  await add('files', 'list', () => store.list(PROBES));
  if (findings.some(({ errors }) => errors.some(({ code }) => NOBODY_THERE.has(code)))) return findings;
  await examineFiles(`${PROBES}${probe}`, context, (check, look) => add('files', check, look));
  const isRunning = await examineEngine(probe, context, (check, look) => add('engine', check, look));
  if (!isRunning) return findings;
  await addAll(
    'catalog',
    catalog.inspections(models, probe, async () => (await readPointer(store))?.pointer),
  );
  const notes: SourceNotes = {};
  let areSourcesRight = true;
  for (const source of Object.values(project.sources))
    areSourcesRight = (await add('sources', source.name, () => lookAt(source, notes, context))) && areSourcesRight;
  if (areSourcesRight) await addAll('statements', explainNight(notes, context));
  return findings;
}

/** @param look may answer with what a night can live with. */
async function tried(area: Finding['area'], check: string, look: () => Promise<unknown>): Promise<Finding> {
  const told = (errors: readonly TidemarkError[]): Finding => ({ area, check, errors, warnings: [] });
  try {
    const found = await look();
    const warnings = Array.isArray(found) ? found.filter((each) => each instanceof TidemarkError) : [];
    return { ...told([]), warnings };
  } catch (error) {
    if (error instanceof DefinitionErrors || error instanceof SourceContractErrors) return told(error.errors);
    if (error instanceof TidemarkError) return told([error]);
    throw error;
  }
}

type Add = (check: string, look: () => Promise<unknown>) => Promise<boolean>;

/** Each kind of call that runs make of the store, at an object of its own. */
async function examineFiles(probe: string, { ports: { store } }: StepContext, add: Add): Promise<void> {
  const key = `${probe}.json`;
  const isWritten = await add('write, if the key is new', async () => {
    demand((await store.put(key, '{}', { ifNoneMatch: '*' })) !== undefined, key, 'a key that is new was refused');
    const again = await store.put(key, '{"again":true}', { ifNoneMatch: '*' });
    demand(again === undefined, key, 'a key that exists was written over, though the write was to leave it alone');
  });
  const isRead = await add('read', async () => {
    const found = await store.get(key);
    if (isWritten) demand(found?.text === '{}', key, 'what was written does not come back as it was');
  });
  if (!isWritten) return;
  if (isRead)
    await add('replace, if unchanged', async () => {
      const etag = (await store.get(key))?.etag ?? '';
      demand(
        (await store.put(key, '{"replaced":true}', { ifMatch: etag })) !== undefined,
        key,
        'an unchanged object was refused',
      );
      const late = await store.put(key, '{"late":true}', { ifMatch: etag });
      demand(late === undefined, key, 'an object that had changed was written over');
    });
  await add('delete', async () => {
    await store.delete([key]);
    demand(
      (await store.list(probe)).every((object) => object.key !== key),
      key,
      'what was deleted is still there',
    );
  });
}

function demand(isTrue: boolean, key: string, found: string): void {
  if (isTrue) return;
  throw new EngineError({
    code: 'store_unsound',
    place: { key },
    found,
    remedy: 'use a store that keeps conditional writes, as Amazon S3 does, with nobody else at work below doctor/',
  });
}

/** @returns whether statements can be run at all. */
async function examineEngine(probe: string, context: StepContext, add: Add): Promise<boolean> {
  const { engine } = context.ports;
  await add('settings of the engine', () => engine.inspect());
  const isReading = await add('a statement that reads', () => readRows(engine, 'select 1 as one'));
  if (isReading) await add('a statement that writes', () => writeRows(`${PROBES}${probe}-rows/`, context));
  return isReading;
}

/** As models are written; what it leaves is deleted, whether it ended well or not. */
async function writeRows(writeTo: string, { ports: { engine, store } }: StepContext): Promise<void> {
  try {
    await runToEnd(engine, { sql: 'select 1 as one', writeTo });
  } finally {
    const left = await store.list(writeTo).catch(() => []);
    await store.delete(left.map(({ key }) => key)).catch(() => undefined);
  }
}

/** Notes what it found, for the statements that read the source. */
async function lookAt(source: ProjectSource, notes: SourceNotes, context: StepContext): Promise<void> {
  notes[source.name] = await findSource(source, context.ports.catalog, undefined);
  sourceSql(source.name, { ...notes }, context);
  await readOne(source, context);
}

/** Rights on the files, by one row without a column of each table or file that is read: a query over them would be run whole. */
async function readOne(source: ProjectSource, { ports: { engine, catalog } }: StepContext): Promise<void> {
  const locations = source.query ? Object.values(source.query.inputs) : [source.location ?? { from: [] }];
  for (const location of locations) {
    const { relation } = await catalog.source(source.name, location);
    await readRows(engine, `select 1 as one from ${relation} as t limit 1`);
  }
}
