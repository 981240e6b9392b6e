import { type Engine, TrinoError } from './engine';
import type { GluePartition, GlueTable } from './glue-catalog';
import { trinoType } from './hive-types';
import { identifier, textLiteral } from './sql-text';
import { WireError } from './wire';

/** Compared as numbers; all other keys as text, which for dates in ISO form is the same order. */
const NUMBERS = /^(tinyint|smallint|int|integer|bigint|decimal.*|long)$/i;

/**
 * The partitions that a GetPartitions expression keeps. The engine evaluates it: over the keys as a table of values.
 *
 * @throws WireError InvalidInputException where the engine refuses the expression.
 */
export async function partitionFilter(
  engine: Engine,
  table: GlueTable,
  partitions: readonly GluePartition[],
  expression: string | undefined,
): Promise<GluePartition[]> {
  if (!expression?.trim() || partitions.length === 0) return [...partitions];
  const keys = table.PartitionKeys ?? [];
  const rows = partitions.map(({ Values }, index) => {
    const cells = Values.map((value, at) => {
      const type = keys[at]?.Type ?? 'string';
      return NUMBERS.test(type) ? `cast(${textLiteral(value)} as ${trinoType(type)})` : textLiteral(value);
    });
    return `(${[index, ...cells].join(', ')})`;
  });
  const names = ['"$index"', ...keys.map((key) => identifier(key.Name.toLowerCase()))];
  const sql = `select "$index" from (values ${rows.join(', ')}) as t (${names.join(', ')}) where (${expression})`;
  try {
    const kept = new Set((await engine.run(sql)).rows.map(([index]) => Number(index)));
    return partitions.filter((_, index) => kept.has(index));
  } catch (error) {
    if (!(error instanceof TrinoError)) throw error;
    throw new WireError('InvalidInputException', `Unsupported expression: ${error.message}`);
  }
}
