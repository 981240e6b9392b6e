import { DuckDBInstance } from '@duckdb/node-api';
import { stringify } from 'yaml';
import type { DefinitionError } from '../../../src/core/errors';
import { render } from '../../../src/core/models/render';
import type { SegmentDefinition } from '../../../src/core/segments/definition';
import { parseSegment } from '../../../src/project/load-segments';
import { parseYaml } from '../../../src/project/read-yaml';

export const RUN_DATE = '2026-03-31';

/** A segment as its file would give it. `when` is the condition as a plain value. */
export function segment(key: string, when: unknown, more: Record<string, unknown> = {}): SegmentDefinition {
  const errors: DefinitionError[] = [];
  const text = stringify({ name: key, description: 'Some people.', owner: 'crm', ...more, when });
  const yaml = parseYaml(text, `segments/${key}.yml`, errors);
  const parsed = yaml && parseSegment(yaml, errors);
  if (!parsed || errors.length > 0)
    throw new Error(`not a segment: ${errors.map((error) => error.message).join('\n')}`);
  return parsed;
}

/** Fills the placeholders a segment model uses. */
export function rendered(sql: string): string {
  return render(sql, 'test', ({ kind, argument }) => {
    if (kind === 'param' && argument === 'run_date') return `DATE '${RUN_DATE}'`;
    if (kind === 'ref' && argument === 'people') return 'people';
    throw new Error(`unexpected placeholder ${kind} ${argument}`);
  });
}

export interface Database {
  run(sql: string): Promise<void>;
  rows(sql: string): Promise<Record<string, unknown>[]>;
  close(): void;
}

export async function openDatabase(): Promise<Database> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  return {
    run: async (sql) => void (await connection.run(sql)),
    rows: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson(),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
