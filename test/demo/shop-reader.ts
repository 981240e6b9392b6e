import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** Reads a demo shop's files with a DuckDB of its own. */
export class ShopReader {
  private constructor(readonly connection: DuckDBConnection) {}

  static async open(): Promise<ShopReader> {
    return new ShopReader(await (await DuckDBInstance.create(':memory:')).connect());
  }

  /** One number of a query in which {name} stands for the files of that glob under the shop's folder. */
  async numberOf(dir: string, sql: string): Promise<number> {
    const text = sql.replace(/\{([^}]+)\}/g, (_, glob: string) => `read_parquet('${join(dir, glob)}')`);
    return Number((await this.connection.runAndReadAll(text)).getRows()[0]?.[0]);
  }

  /** Every file of data/ and truth/ with a hash of its rows, whatever their order. */
  async contentHashes(dir: string): Promise<string[]> {
    const hashes: string[] = [];
    for (const folder of ['data', 'truth']) {
      for (const name of readdirSync(join(dir, folder)).sort()) {
        const path = join(dir, folder, name);
        const reader = await this.connection.runAndReadAll(
          `select md5(string_agg(line, chr(10) order by line)) from (select md5(files::varchar) as line from '${path}' as files)`,
        );
        hashes.push(`${folder}/${name} ${String(reader.getRows()[0]?.[0])}`);
      }
    }
    return hashes;
  }

  close(): void {
    this.connection.closeSync();
  }
}
