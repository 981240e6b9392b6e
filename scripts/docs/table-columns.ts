import { parse, stringify } from 'yaml';
import type { ModelSet } from '../../src/core/models/graph';
import { catalogTables, withEveryTable } from '../../src/engines/athena/tables';

const HEAD =
  '# Columns of every table in Glue, in their order. Partitions keep those they were made with, and Athena compares them with\n# the table one by one: columns are only ever added, at the end. Written by npm run docs, which refuses anything else.\n';

/**
 * The inventory of tables and columns.
 *
 * @param committed its text so far: what stands there stays.
 * @throws Error where a column was changed, moved or taken away.
 */
export function tableColumns(models: ModelSet, committed: string): string {
  const { tables } = catalogTables(withEveryTable(models), { bucket: 'bucket', prefix: '' });
  const today = Object.fromEntries(
    tables.map(({ Name, StorageDescriptor }) => [
      Name,
      StorageDescriptor.Columns.map((column) => `${column.Name} ${column.Type}`),
    ]),
  );
  const changed = Object.entries((parse(committed) ?? {}) as Record<string, string[]>)
    .filter(([table, columns]) => today[table]?.slice(0, columns.length).join() !== columns.join())
    .map(([table]) => table);
  if (changed.length > 0) {
    throw new Error(
      `columns of ${changed.join(', ')} were changed, moved or taken away: add columns at the end, and give one of another type or meaning another name. While nobody can have deployed these tables, delete their lines in infra/table-columns.yml instead, and run npm run docs`,
    );
  }
  return HEAD + stringify(today, { lineWidth: 120 });
}
