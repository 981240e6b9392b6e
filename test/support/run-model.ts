import { type CheckOutcome, judgeChecks } from '../../src/core/models/check-results';
import { checkQuery } from '../../src/core/models/checks';
import type { Model } from '../../src/core/models/model';
import type { ModelDatabase, Result } from './model-database';
import { type ModelInput, modelText } from './model-text';

export interface ModelRun {
  model: Model;
  sql: string;
  result: Result;
  /** Reads the model's own checks. @throws what a broken one is refused with. */
  check(): Promise<CheckOutcome>;
}

/** Runs a model over given rows. @throws EngineError, with the rendered text at its end, when DuckDB refuses it. */
export async function runModel(database: ModelDatabase, name: string, input: ModelInput = {}): Promise<ModelRun> {
  const { model, sql, withParameters } = await modelText(name, input);
  return withSql(sql, async () => {
    await database.run(`create or replace temp table result as\n${sql}`);
    const result = await database.read('select * from result');
    const check = async (): Promise<CheckOutcome> => {
      const query = withParameters(checkQuery(model.sidecar, 'result'));
      const [row] = (await withSql(query, () => database.read(query))).rows;
      return judgeChecks(model, row as Parameters<typeof judgeChecks>[1]);
    };
    return { model, sql, result, check };
  });
}

/** Adds the text of a query to whatever goes wrong with it. */
export async function withSql<T>(sql: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && !error.message.includes('-- rendered SQL'))
      error.message += `\n\n-- rendered SQL\n${sql}`;
    throw error;
  }
}
