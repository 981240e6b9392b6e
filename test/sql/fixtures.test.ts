import { columnsOf, namesAllColumns } from '../support/column-types';
import { aligned } from '../support/compare-rows';
import { type FixtureCase, fixtureCases } from '../support/fixture-case';
import { type ModelDatabase, openModelDatabase } from '../support/model-database';
import { type ModelRun, runModel, withSql } from '../support/run-model';

const CASES = fixtureCases(__dirname);

let database: ModelDatabase;
beforeAll(async () => {
  database = await openModelDatabase();
});
afterAll(() => database.close());

function expectDeclaredColumns({ model, result }: ModelRun): void {
  if (namesAllColumns(model)) expect(result.columns).toEqual(columnsOf(model));
  else expect(result.columns).toEqual(expect.arrayContaining(columnsOf(model)));
}

async function expectChecks(run: ModelRun, fixture: FixtureCase): Promise<void> {
  if (fixture.error) {
    const { code, error, table, found } = fixture.error;
    const refusal = (await run.check().then(
      () => undefined,
      (thrown: unknown) => thrown,
    )) as { code: string; name: string; found: string; place?: { table?: string } } | undefined;
    if (refusal && !refusal.code) throw refusal;
    expect({ code: refusal?.code }).toEqual({ code });
    if (error) expect(refusal?.name).toBe(error);
    if (table) expect(refusal?.place?.table).toBe(table);
    if (found) expect(refusal?.found).toContain(found);
    return;
  }
  const outcome = await run.check();
  const textOf = (value: unknown): string | null => (value === null ? null : String(value));
  for (const [fact, value] of Object.entries(fixture.facts ?? {})) {
    expect({ [fact]: textOf(outcome.facts[fact]) }).toEqual({ [fact]: textOf(value) });
  }
  if (fixture.warnings)
    expect(outcome.warnings.map((warning) => warning.code).sort()).toEqual([...fixture.warnings].sort());
}

describe.each([...new Set(CASES.map((fixture) => fixture.model))])('%s', (name) => {
  const cases = CASES.filter((fixture) => fixture.model === name);
  test.each(cases.map((fixture) => [fixture.name.replaceAll('_', ' '), fixture] as const))(
    '%s',
    async (_title, fixture) => {
      if (!fixture.expect && !fixture.error && !fixture.facts) throw new Error('the case expects nothing');
      const run = await runModel(database, name, fixture.input);
      await withSql(run.sql, async () => {
        expectDeclaredColumns(run);
        if (fixture.expect) {
          const { actual, expected } = aligned(run.result.rows, fixture.expect, columnsOf(run.model));
          expect(actual).toEqual(expected);
        }
        await expectChecks(run, fixture);
      });
    },
  );
});
