import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';

export const LAST_DAY = '2026-11-14';

/**
 * Writes a shop with nothing but orders: customer, date, amount; about six orders each, half of the customers with one,
 * three years in order of date as an export has them. Deterministic. @returns the Parquet file.
 */
export async function writeOrdersAlone(
  connection: DuckDBConnection,
  folder: string,
  customers: number,
): Promise<string> {
  mkdirSync(join(folder, 'segments'), { recursive: true });
  const file = join(folder, 'orders.parquet');
  await connection.run(`copy (
    with customers as (
      select range as k, 1 + case when hash(range) % 10 < 5 then 0 else cast(hash(range * 7) % 21 as bigint) end as orders
      from range(${customers})
    ),
    orders as (select k, unnest(range(orders)) as j from customers)
    select
      'c' || k as customer_id,
      date '${LAST_DAY}' - cast(hash(k * 1000003 + j) % 1096 as integer) as ordered_at,
      cast((hash(k * 31 + j * 17) % 20000) / 100.0 + 1 as decimal(12,2)) as amount
    from orders
    order by ordered_at, k, j
  ) to '${file}' (format parquet, compression zstd)`);
  writeFileSync(
    join(folder, 'tidemark.yml'),
    `shop: bench
time_zone: Europe/Vienna
currency: EUR
sources:
  orders:
    from: orders.parquet
    columns: { customer_id: customer_id, ordered_at: ordered_at, amount: amount }
`,
  );
  return file;
}

export interface ScanCost {
  wall: number;
  cpu: number;
  orders: number;
}

/** The yardstick: count, sum, first and last by customer over the same file, by the same DuckDB. The best of some runs. */
export async function bareScan(
  connection: DuckDBConnection,
  files: string,
  columns: { id: string; time: string; amount: string },
  times = 3,
): Promise<ScanCost> {
  const sql = `select count(*), sum(orders)::bigint, sum(spent), min(first), max(last) from (
    select ${columns.id}, count(*) as orders, sum(${columns.amount}) as spent, min(${columns.time}) as first, max(${columns.time}) as last
    from '${files}' group by 1)`;
  const runs: ScanCost[] = [];
  for (let time = 0; time < times; time += 1) {
    const began = performance.now();
    const cpu = process.cpuUsage();
    const reader = await connection.runAndReadAll(sql);
    const used = process.cpuUsage(cpu);
    const orders = Number(reader.getRows()[0]?.[1]);
    runs.push({ wall: (performance.now() - began) / 1000, cpu: (used.user + used.system) / 1e6, orders });
  }
  const least = (of: (run: ScanCost) => number): number => Math.min(...runs.map(of));
  return { wall: least(({ wall }) => wall), cpu: least(({ cpu }) => cpu), orders: runs[0]?.orders ?? 0 };
}
