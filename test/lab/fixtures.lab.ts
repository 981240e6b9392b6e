import { join } from 'node:path';
import { checkQuery } from '../../src/core/models/checks';
import { type FixtureCase, fixtureCases } from '../support/fixture-case';
import { modelText } from '../support/model-text';
import { withSql } from '../support/run-model';
import { differences } from './compare';
import { type LabEngine, openDuckDb, openTrino } from './two-engines';

const CASES = fixtureCases(join(__dirname, '../sql')).map((fixture, index) => ({ ...fixture, table: `case_${index}` }));

let engines: [LabEngine, LabEngine];
beforeAll(async () => {
  engines = [await openDuckDb(), await openTrino('fixtures')];
});
afterAll(() => engines[0].close());

/** A model's rows on both engines from the same given rows, and what its check query says of them, content hash included. */
async function expectParity(fixture: FixtureCase, table: string): Promise<void> {
  const { model, sql, withParameters } = await modelText(fixture.model, fixture.input);
  const check = withParameters(checkQuery({ ...model.sidecar, public: true }, table));
  await withSql(sql, async () => {
    for (const engine of engines) await engine.create(table, sql);
    const [duckdb, trino] = engines;
    const rows = `select * from ${table}`;
    expect(differences(await duckdb.read(rows), await trino.read(rows))).toEqual([]);
    const [left, right] = [await duckdb.read(check), await trino.read(check)];
    expect(right.columns.map(({ name }) => name)).toEqual(left.columns.map(({ name }) => name));
    expect(right.rows).toEqual(left.rows);
  });
}

describe.each([...new Set(CASES.map((fixture) => fixture.model))])('%s', (name) => {
  const cases = CASES.filter((fixture) => fixture.model === name);
  test.each(cases.map((fixture) => [fixture.name.replaceAll('_', ' '), fixture] as const))('%s', (_title, fixture) =>
    expectParity(fixture, fixture.table),
  );
});
