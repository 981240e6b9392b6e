import { DefinitionErrors, EngineError, SourceContractErrors, TidemarkError } from '../core/errors';
import type { ProjectSource } from '../core/project';
import type { StepContext } from './context';
import { explainNight } from './explain-night';
import { findSource } from './find-sources';
import type { SourceNotes } from './notes';
import { readRows, runToEnd } from './query';
import { sourceSql } from './source-select';

/** One thing that a night needs, and what stands in its way; nothing where it can be reached. */
export interface Finding {
  area: 'files' | 'engine' | 'catalog' | 'sources' | 'statements';
  /** What was tried, in words for a person. */
  check: string;
  errors: readonly TidemarkError[];
}

/** Below it lie the objects that this makes, and deletes again. */
const PROBES = 'doctor/';

/**
 * Looks whether everything that a night touches can be reached by who runs this: files, engine, tables, sources, statements.
 * Goes on after a failure, so that all are told at once. Nothing of a snapshot is read or changed; of a source no more than
 * metadata and whether one row can be read.
 *
 * @param probe a name that nobody has used: of the objects written and deleted.
 * @param tell called after each.
 * @throws what is no TidemarkError.
 */
export async function examine(
  probe: string,
  context: StepContext,
  tell: (finding: Finding) => void = () => undefined,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const add = async (area: Finding['area'], check: string, look: () => Promise<unknown>): Promise<boolean> => {
    const errors = await errorsOf(look);
    const finding = { area, check, errors };
    findings.push(finding);
    tell(finding);
    return errors.length === 0;
  };
  await examineFiles(`${PROBES}${probe}`, context, (check, look) => add('files', check, look));
  const { engine, catalog } = context.ports;
  await add('engine', 'settings of the engine', () => engine.inspect());
  await add('engine', 'a statement that reads', () => readRows(engine, 'select 1 as one'));
  await add('engine', 'a statement that writes', () => writeRows(`${PROBES}${probe}-rows/`, context));
  for (const { name, look } of catalog.inspections(context.definitions.models)) await add('catalog', name, look);
  const notes: SourceNotes = {};
  let areSourcesRight = true;
  for (const source of Object.values(context.definitions.project.sources)) {
    const isRight = await add('sources', source.name, async () => {
      const relation = await findSource(source, catalog, undefined);
      notes[source.name] = relation;
      sourceSql(source.name, { ...notes }, context);
      await readOne(source, context);
    });
    areSourcesRight &&= isRight;
  }
  if (areSourcesRight) for (const { id, look } of explainNight(notes, context)) await add('statements', id, look);
  return findings;
}

async function errorsOf(look: () => Promise<unknown>): Promise<readonly TidemarkError[]> {
  try {
    await look();
    return [];
  } catch (error) {
    if (error instanceof DefinitionErrors || error instanceof SourceContractErrors) return error.errors;
    if (error instanceof TidemarkError) return [error];
    throw error;
  }
}

type Add = (check: string, look: () => Promise<unknown>) => Promise<boolean>;

/** Each kind of call that runs make of the store, at an object of its own. */
async function examineFiles(probe: string, { ports: { store } }: StepContext, add: Add): Promise<void> {
  const key = `${probe}.json`;
  await add('list', () => store.list(PROBES));
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

/** As models are written; what it leaves is deleted, whether it ended well or not. */
async function writeRows(writeTo: string, { ports: { engine, store } }: StepContext): Promise<void> {
  try {
    await runToEnd(engine, { sql: 'select 1 as one', writeTo });
  } finally {
    const left = await store.list(writeTo).catch(() => []);
    await store.delete(left.map(({ key }) => key)).catch(() => undefined);
  }
}

/** Rights on the files, by one row without a column of each table or file that is read: a query over them would be run whole. */
async function readOne(source: ProjectSource, { ports: { engine, catalog } }: StepContext): Promise<void> {
  const locations = source.query ? Object.values(source.query.inputs) : [source.location ?? { from: [] }];
  for (const location of locations) {
    const { relation } = await catalog.source(source.name, location);
    await readRows(engine, `select 1 as one from ${relation} as t limit 1`);
  }
}
