import type { Model } from '../models/model';

const READS = "ref('customer_orders')";

/**
 * The stages of tonight: the one text of the stages, over rows that carry their scores already. A table of scores would be
 * written, read and joined with everybody; so a score is a column more of the same row. Scores come first, where the rows
 * come straight from the file: DuckDB computes a quarter slower on what joins have passed on.
 */
export function tonightsStages(written: readonly Model[]): Model[] {
  const modelOf = (name: string) => written.find((model) => model.name === name);
  const [scores, lifecycle] = [modelOf('customer_scores'), modelOf('customer_lifecycle')];
  if (!scores || !lifecycle) return [];
  const { sql, sidecar } = lifecycle;
  if (!sql.includes(READS)) throw new Error(`${lifecycle.file} does not read ${READS}`);
  const name = 'customer_stages';
  const own = new Set(sidecar.columns.map((column) => column.name));
  return [
    {
      name,
      layer: 'scores',
      sql: sql.replaceAll(READS, "ref('customer_scores')"),
      sidecar: {
        ...sidecar,
        description:
          'Columns of customer_scores, and those of customer_lifecycle tonight. One row a person with a purchase.',
        columns: [...sidecar.columns, ...scores.sidecar.columns.filter((column) => !own.has(column.name))],
      },
      file: `src/core/scores/tonights-stages.ts (${name})`,
    },
  ];
}
