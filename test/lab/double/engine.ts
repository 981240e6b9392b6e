import { type TrinoOptions, type TrinoResult, trinoClient } from '../trino-client';

export { TrinoError, type TrinoResult } from '../trino-client';

/** What a query touched, as the engine tells it once it has been planned. */
export interface QueryReads {
  /** Tables and views named by it, or by a view that it reads. */
  referenced: { database: string; table: string }[];
  /** Tables really scanned, with the partitions that were left after pruning; none where all are read, or a table has none. */
  scanned: { database: string; table: string; partitions: string[] }[];
  bytes: number;
}

/** The real engine behind the double. */
export interface Engine {
  readonly catalog: string;
  run(sql: string, options?: TrinoOptions): Promise<TrinoResult>;
  /** Of a query that was run a short while ago. */
  reads(id: string): Promise<QueryReads>;
}

interface QueryInfo {
  referencedTables?: { catalog: string; schema: string; table: string }[];
  inputs?: { catalogName: string; schema: string; table: string; connectorInfo?: { partitionIds?: string[] } }[];
  queryStats: { physicalInputDataSize: string };
}

const NOTHING: QueryReads = { referenced: [], scanned: [], bytes: 0 };

export function openEngine(url: string, catalog: string): Engine {
  const client = trinoClient(url, catalog, 'default');
  return {
    catalog,
    run: (sql, options) => client.query(sql, options),
    reads: async (id) => {
      if (id === '') return NOTHING;
      const response = await fetch(`${url}/v1/query/${id}?pruned=true`, { headers: { 'X-Trino-User': 'lab' } });
      if (!response.ok) return NOTHING;
      const info = (await response.json()) as QueryInfo;
      const named = ({ schema, table }: { schema: string; table: string }) => ({ database: schema, table });
      return {
        referenced: (info.referencedTables ?? []).filter((table) => table.catalog === catalog).map(named),
        scanned: (info.inputs ?? [])
          .filter((input) => input.catalogName === catalog)
          .map((input) => ({ ...named(input), partitions: input.connectorInfo?.partitionIds ?? [] })),
        bytes: Number(/^(\d+)B$/.exec(info.queryStats.physicalInputDataSize)?.[1] ?? 0),
      };
    },
  };
}
