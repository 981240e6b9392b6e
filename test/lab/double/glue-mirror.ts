import type { Engine } from './engine';
import type { GlueCatalog, GluePartition, GlueTable } from './glue-catalog';
import { createSql, nameOf } from './glue-table-sql';
import { readPrestoView } from './glue-view';
import { identifier, textLiteral } from './sql-text';

/**
 * Keeps the engine's catalog as Glue's is, so that statements find the same tables, partitions and views. What the engine
 * cannot take yet, such as a view of a table that is still to come, is tried again before the next statement.
 */
export class Mirror {
  readonly #pending = new Map<string, GlueTable>();

  constructor(
    private readonly engine: Engine,
    private readonly glue: GlueCatalog,
  ) {}

  /** The engine may know the name from an earlier double; a new database has no tables. */
  async createDatabase(name: string): Promise<void> {
    await this.dropDatabase(name);
    await this.engine.run(`create schema ${identifier(name)}`);
  }

  async dropDatabase(name: string): Promise<void> {
    await this.engine.run(`drop schema if exists ${identifier(name)} cascade`);
  }

  async createTable(table: GlueTable): Promise<void> {
    const sql = createSql(table);
    if (!sql) return;
    try {
      await this.engine.run(sql, schemaOf(table));
    } catch {
      this.#pending.set(nameOf(table), table);
      return;
    }
    this.#pending.delete(nameOf(table));
    for (const partition of this.glue.partitions(table.DatabaseName, table.Name))
      await this.addPartition(table, partition);
  }

  async updateTable(before: GlueTable, after: GlueTable): Promise<void> {
    if (createSql(before) === createSql(after) && !this.#pending.has(nameOf(after))) return;
    const view = readPrestoView(after.ViewOriginalText);
    if (!view || !readPrestoView(before.ViewOriginalText)) await this.dropTable(before);
    await this.createTable(after);
  }

  async dropTable(table: GlueTable): Promise<void> {
    this.#pending.delete(nameOf(table));
    const what = table.TableType === 'VIRTUAL_VIEW' ? 'view' : 'table';
    await this.engine.run(`drop ${what} if exists ${nameOf(table)}`);
  }

  async addPartition(table: GlueTable, partition: GluePartition): Promise<void> {
    const location = partition.StorageDescriptor?.Location;
    const place = location ? `, location => ${textLiteral(location)}` : '';
    await this.#call('register_partition', table, partition.Values, place);
  }

  async dropPartition(table: GlueTable, values: readonly string[]): Promise<void> {
    await this.#call('unregister_partition', table, values, '');
  }

  /** Before each statement: what could not be made so far, again. */
  async settle(): Promise<void> {
    for (const table of this.#pending.values()) await this.createTable(table);
  }

  async #call(procedure: string, table: GlueTable, values: readonly string[], rest: string): Promise<void> {
    if (this.#pending.has(nameOf(table)) || !createSql(table)) return;
    const array = (texts: readonly string[]): string => `array[${texts.map(textLiteral).join(', ')}]`;
    const keys = (table.PartitionKeys ?? []).map((key) => key.Name.toLowerCase());
    await this.engine.run(
      `call ${identifier(this.engine.catalog)}.system.${procedure}(schema_name => ${textLiteral(table.DatabaseName)}, ` +
        `table_name => ${textLiteral(table.Name)}, partition_columns => ${array(keys)}, ` +
        `partition_values => ${array(values)}${rest})`,
    );
  }
}

/** A view's names are of the schema that it was made in. */
function schemaOf(table: GlueTable): { schema: string } {
  return { schema: readPrestoView(table.ViewOriginalText)?.schema ?? table.DatabaseName };
}
