import type { Engine } from './engine';
import type { GlueCatalog, PartitionInput, TableInput } from './glue-catalog';
import { partitionFilter } from './glue-expression';
import type { Mirror } from './glue-mirror';
import { page } from './paging';
import { type Operation, WireError } from './wire';

interface Named {
  DatabaseName: string;
  TableName: string;
}

/** Glue's operations on databases, tables and partitions. What changes them waits until the engine has it, too. */
export function glueOperations(glue: GlueCatalog, mirror: Mirror, engine: Engine): Record<string, Operation> {
  return {
    ...databaseOperations(glue, mirror),
    ...tableOperations(glue, mirror),
    ...partitionOperations(glue, mirror, engine),
  };
}

function databaseOperations(glue: GlueCatalog, mirror: Mirror): Record<string, Operation> {
  return {
    GetDatabase: ({ Name }: { Name: string }) => ({ Database: glue.database(Name).database }),
    GetDatabases: (input: { MaxResults?: number; NextToken?: string }) =>
      page('DatabaseList', glue.databases(), input, 100),
    CreateDatabase: async ({ DatabaseInput }: { DatabaseInput: { Name: string } }) => {
      glue.createDatabase(DatabaseInput);
      await mirror.createDatabase(DatabaseInput.Name.toLowerCase());
    },
    DeleteDatabase: async ({ Name }: { Name: string }) => {
      glue.deleteDatabase(Name);
      await mirror.dropDatabase(Name.toLowerCase());
    },
  };
}

function tableOperations(glue: GlueCatalog, mirror: Mirror): Record<string, Operation> {
  return {
    GetTable: ({ DatabaseName, Name }: { DatabaseName: string; Name: string }) => ({
      Table: glue.table(DatabaseName, Name).table,
    }),
    GetTables: (input: { DatabaseName: string; Expression?: string; MaxResults?: number; NextToken?: string }) => {
      const pattern = new RegExp(`^(?:${(input.Expression ?? '.*').replace(/(?<!\.)\*/g, '.*')})$`);
      const tables = glue.tables(input.DatabaseName).filter(({ Name }) => pattern.test(Name));
      return page('TableList', tables, input, 100);
    },
    CreateTable: async ({ DatabaseName, TableInput }: { DatabaseName: string; TableInput: TableInput }) =>
      mirror.createTable(glue.createTable(DatabaseName, TableInput)),
    UpdateTable: async ({ DatabaseName, TableInput }: { DatabaseName: string; TableInput: TableInput }) => {
      const { before, after } = glue.updateTable(DatabaseName, TableInput);
      await mirror.updateTable(before, after);
    },
    DeleteTable: async ({ DatabaseName, Name }: { DatabaseName: string; Name: string }) =>
      mirror.dropTable(glue.deleteTable(DatabaseName, Name)),
  };
}

function partitionOperations(glue: GlueCatalog, mirror: Mirror, engine: Engine): Record<string, Operation> {
  const create = async ({ DatabaseName, TableName }: Named, input: PartitionInput): Promise<void> => {
    const partition = glue.createPartition(DatabaseName, TableName, input);
    await mirror.addPartition(glue.table(DatabaseName, TableName).table, partition);
  };
  const remove = async ({ DatabaseName, TableName }: Named, values: string[]): Promise<void> => {
    glue.deletePartition(DatabaseName, TableName, values);
    await mirror.dropPartition(glue.table(DatabaseName, TableName).table, values);
  };
  return {
    GetPartition: ({ DatabaseName, TableName, PartitionValues }: Named & { PartitionValues: string[] }) => ({
      Partition: glue.partition(DatabaseName, TableName, PartitionValues),
    }),
    GetPartitions: async (input: Named & { Expression?: string; MaxResults?: number; NextToken?: string }) => {
      const { table } = glue.table(input.DatabaseName, input.TableName);
      const partitions = glue.partitions(input.DatabaseName, input.TableName);
      return page('Partitions', await partitionFilter(engine, table, partitions, input.Expression), input, 1000);
    },
    BatchGetPartition: ({
      DatabaseName,
      TableName,
      PartitionsToGet,
    }: Named & { PartitionsToGet: PartitionInput[] }) => {
      glue.table(DatabaseName, TableName);
      const found = PartitionsToGet.map(({ Values }) => ({
        Values,
        it: glue.findPartition(DatabaseName, TableName, Values),
      }));
      return {
        Partitions: found.flatMap(({ it }) => it ?? []),
        UnprocessedKeys: found.filter(({ it }) => !it).map(({ Values }) => ({ Values })),
      };
    },
    CreatePartition: (input: Named & { PartitionInput: PartitionInput }) => create(input, input.PartitionInput),
    DeletePartition: (input: Named & { PartitionValues: string[] }) => remove(input, input.PartitionValues),
    BatchCreatePartition: (input: Named & { PartitionInputList: PartitionInput[] }) => {
      glue.table(input.DatabaseName, input.TableName);
      checkBatch(input.PartitionInputList.length, 'partitionInputList', 100);
      return each(input.PartitionInputList, (partition) => create(input, partition));
    },
    BatchDeletePartition: (input: Named & { PartitionsToDelete: PartitionInput[] }) => {
      glue.table(input.DatabaseName, input.TableName);
      checkBatch(input.PartitionsToDelete.length, 'partitionsToDelete', 25);
      return each(input.PartitionsToDelete, ({ Values }) => remove(input, Values));
    },
  };
}

function checkBatch(length: number, member: string, most: number): void {
  if (length <= most) return;
  const rule = `Member must have length less than or equal to ${most}`;
  throw new WireError(
    'ValidationException',
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${rule}`,
  );
}

/** A batch goes on past entries that are refused, and tells them. */
async function each(
  entries: readonly PartitionInput[],
  run: (entry: PartitionInput) => Promise<void>,
): Promise<{ Errors: unknown[] }> {
  const errors: unknown[] = [];
  for (const entry of entries)
    try {
      await run(entry);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      const { type: ErrorCode, message: ErrorMessage } = error;
      errors.push({ PartitionValues: entry.Values, ErrorDetail: { ErrorCode, ErrorMessage } });
    }
  return { Errors: errors };
}
