import type { Manifest } from '../core/snapshots/manifest';
import { identifier } from '../core/sql/literals';
import type { Row } from '../ports/query-engine';
import type { StepContext } from './context';
import { readRows } from './query';

/**
 * Rows of one table of a published snapshot; none where the snapshot has no such table.
 *
 * @param sql a query over the relation it is given, for a result that a person or a report can take in.
 */
export async function readPublished(
  manifest: Manifest,
  name: string,
  sql: (from: string) => string,
  context: StepContext,
): Promise<Row[]> {
  const table = manifest.tables.find((candidate) => candidate.name === name);
  if (!table || table.rows === 0) return [];
  const columns = table.columns.map((column) => identifier(column.name)).join(', ');
  const catalogColumns = table.columns.map((column) => ({ ...column, description: '-', segmentable: false }));
  const relation = context.ports.catalog.relation(name, catalogColumns, [{ prefix: table.prefix }]);
  return readRows(context.ports.engine, sql(`(select ${columns} from ${relation} as stored)`));
}
