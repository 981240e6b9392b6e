import { WireError } from './wire';

export interface GlueColumn {
  Name: string;
  Type: string;
  Comment?: string;
}

export interface StorageDescriptor {
  Columns?: GlueColumn[];
  Location?: string;
  InputFormat?: string;
  SerdeInfo?: { SerializationLibrary?: string; Parameters?: Record<string, string> };
  [member: string]: unknown;
}

export interface TableInput {
  Name: string;
  TableType?: string;
  StorageDescriptor?: StorageDescriptor;
  PartitionKeys?: GlueColumn[];
  Parameters?: Record<string, string>;
  ViewOriginalText?: string;
  [member: string]: unknown;
}

export interface PartitionInput {
  Values: string[];
  StorageDescriptor?: StorageDescriptor;
  [member: string]: unknown;
}

export interface GlueTable extends TableInput {
  DatabaseName: string;
  /** Counted up by UpdateTable. */
  VersionId: string;
  /** In seconds. */
  CreateTime: number;
  UpdateTime: number;
  CatalogId: string;
}

export interface GluePartition extends PartitionInput {
  DatabaseName: string;
  TableName: string;
  CreationTime: number;
  CatalogId: string;
}

interface StoredTable {
  table: GlueTable;
  partitions: Map<string, GluePartition>;
}

interface StoredDatabase {
  database: { Name: string; CreateTime: number; CatalogId: string; [member: string]: unknown };
  tables: Map<string, StoredTable>;
}

const now = (): number => Date.now() / 1000;
const keyOf = (values: readonly string[]): string => JSON.stringify(values);

export function notFound(message = 'Entity Not Found'): WireError {
  return new WireError('EntityNotFoundException', message);
}

export function alreadyExists(message: string): WireError {
  return new WireError('AlreadyExistsException', message);
}

/** Databases, tables and partitions as Glue keeps them; names are lower case. Knows nothing of any engine. */
export class GlueCatalog {
  readonly #databases = new Map<string, StoredDatabase>();
  constructor(private readonly account: string) {}

  createDatabase(input: { Name: string }): void {
    const name = input.Name.toLowerCase();
    if (this.#databases.has(name)) throw alreadyExists('Database already exists.');
    const database = { ...input, Name: name, CreateTime: now(), CatalogId: this.account };
    this.#databases.set(name, { database, tables: new Map() });
  }

  /** @throws WireError EntityNotFoundException */
  database(name: string): StoredDatabase {
    const found = this.#databases.get(name.toLowerCase());
    if (!found) throw notFound(`Database ${name} not found.`);
    return found;
  }

  databases(): StoredDatabase['database'][] {
    return [...this.#databases.values()].map(({ database }) => database);
  }

  hasDatabase(name: string): boolean {
    return this.#databases.has(name.toLowerCase());
  }

  deleteDatabase(name: string): void {
    this.database(name);
    this.#databases.delete(name.toLowerCase());
  }

  /** @throws WireError EntityNotFoundException */
  table(database: string, name: string): StoredTable {
    const found = this.database(database).tables.get(name.toLowerCase());
    if (!found) throw notFound();
    return found;
  }

  find(database: string, name: string): StoredTable | undefined {
    return this.#databases.get(database.toLowerCase())?.tables.get(name.toLowerCase());
  }

  tables(database: string): GlueTable[] {
    return [...this.database(database).tables.values()].map(({ table }) => table);
  }

  createTable(database: string, input: TableInput): GlueTable {
    const { tables } = this.database(database);
    const name = input.Name.toLowerCase();
    if (tables.has(name)) throw alreadyExists('Table already exists.');
    const time = now();
    const table = {
      ...this.#named(database, input),
      VersionId: '0',
      CreateTime: time,
      UpdateTime: time,
      CatalogId: this.account,
    };
    tables.set(name, { table, partitions: new Map() });
    return table;
  }

  /** Replaces all but name, time of creation and partitions. */
  updateTable(database: string, input: TableInput): { before: GlueTable; after: GlueTable } {
    const stored = this.table(database, input.Name);
    const before = stored.table;
    const VersionId = String(Number(before.VersionId) + 1);
    const { CreateTime, CatalogId } = before;
    stored.table = { ...this.#named(database, input), VersionId, CreateTime, UpdateTime: now(), CatalogId };
    return { before, after: stored.table };
  }

  deleteTable(database: string, name: string): GlueTable {
    const { tables } = this.database(database);
    const found = tables.get(name.toLowerCase());
    if (!found) throw notFound(`Table ${name} not found.`);
    tables.delete(name.toLowerCase());
    return found.table;
  }

  createPartition(database: string, table: string, input: PartitionInput): GluePartition {
    const { partitions, table: owner } = this.table(database, table);
    if (input.Values.length !== (owner.PartitionKeys ?? []).length)
      throw new WireError(
        'InvalidInputException',
        'The number of partition keys do not match the number of partition values',
      );
    if (partitions.has(keyOf(input.Values))) throw alreadyExists('Partition already exists.');
    const partition = {
      ...input,
      DatabaseName: owner.DatabaseName,
      TableName: owner.Name,
      CreationTime: now(),
      CatalogId: this.account,
    };
    partitions.set(keyOf(input.Values), partition);
    return partition;
  }

  partition(database: string, table: string, values: readonly string[]): GluePartition {
    const found = this.table(database, table).partitions.get(keyOf(values));
    if (!found) throw notFound('Cannot find partition.');
    return found;
  }

  findPartition(database: string, table: string, values: readonly string[]): GluePartition | undefined {
    return this.find(database, table)?.partitions.get(keyOf(values));
  }

  partitions(database: string, table: string): GluePartition[] {
    return [...this.table(database, table).partitions.values()];
  }

  deletePartition(database: string, table: string, values: readonly string[]): void {
    if (!this.table(database, table).partitions.delete(keyOf(values))) throw notFound('Partition not found.');
  }

  #named(database: string, input: TableInput): TableInput & { DatabaseName: string } {
    return { ...input, Name: input.Name.toLowerCase(), DatabaseName: database.toLowerCase() };
  }
}
