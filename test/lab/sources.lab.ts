import { sourceSelects } from '../sql/lint-sources';
import { withSql } from '../support/run-model';
import { awkwardRelation, awkwardTable } from './awkward-values';
import { differences } from './compare';
import { type LabEngine, openDuckDb, openTrino } from './two-engines';

/** One zone is enough for what has no times of day; orders stand for all that have. */
const SELECTS = sourceSelects(awkwardRelation('awkward')).filter(
  ({ source, title }) => title.endsWith('America/New_York') || source === 'orders',
);

let engines: [LabEngine, LabEngine];
beforeAll(async () => {
  engines = [await openDuckDb(), await openTrino('sources')];
  for (const engine of engines) await engine.create('awkward', awkwardTable());
});
afterAll(() => engines[0].close());

test('the rows are the same to begin with', async () => {
  const sql = 'select * from awkward';
  expect(differences(await engines[0].read(sql), await engines[1].read(sql))).toEqual([]);
});

test.each(SELECTS.map((select) => [select.title, select] as const))('%s', async (_title, { sql }) => {
  await withSql(sql, async () => {
    expect(differences(await engines[0].read(sql), await engines[1].read(sql))).toEqual([]);
  });
});
