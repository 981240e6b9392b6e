import {
  CreateDatabaseCommand,
  CreatePartitionCommand,
  CreateTableCommand,
  DeletePartitionCommand,
  type TableInput,
} from '@aws-sdk/client-glue';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { SourceRelation, SourceWindow } from '../../../src/core/sources/relation';
import type { Ports } from '../../../src/pipeline/context';
import { BUCKET } from '../servers';
import { type AthenaLab, openAthenaLab } from './athena-lab';

export const COLUMNS = [
  { Name: 'order_id', Type: 'string' },
  { Name: 'amount', Type: 'decimal(12,2)' },
  { Name: 'ordered_at', Type: 'timestamp' },
  { Name: 'tags', Type: 'array<string>' },
];
const PARQUET = {
  InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
  OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
  SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
};

/** A Glue database of a customer with tables under a prefix of the same name, and a catalog that looks at them. */
export class SourceTables {
  private constructor(
    readonly lab: AthenaLab,
    readonly ports: Ports,
    readonly database: string,
  ) {}

  static async open(name: string): Promise<SourceTables> {
    const lab = await openAthenaLab();
    const settings = lab.settings(`${name}_own`);
    const tables = new SourceTables(lab, lab.ports(settings), `${name}_${lab.mark}`);
    for (const Name of [tables.database, settings.database])
      await lab.clients.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name } }));
    return tables;
  }

  uri(path: string): string {
    return `s3://${BUCKET}/${this.database}/${path}`;
  }

  async table(name: string, more: Partial<TableInput> = {}): Promise<void> {
    const StorageDescriptor = { Columns: COLUMNS, Location: this.uri(`${name}/`), ...PARQUET };
    const TableInput = { Name: name, TableType: 'EXTERNAL_TABLE', StorageDescriptor, ...more };
    await this.lab.clients.glue.send(new CreateTableCommand({ DatabaseName: this.database, TableInput }));
  }

  async partition(TableName: string, Values: string[], path: string): Promise<void> {
    const StorageDescriptor = { Columns: COLUMNS, Location: this.uri(path), ...PARQUET };
    const PartitionInput = { Values, StorageDescriptor };
    const command = new CreatePartitionCommand({ DatabaseName: this.database, TableName, PartitionInput });
    await this.lab.clients.glue.send(command);
  }

  async dropPartition(TableName: string, PartitionValues: string[]): Promise<void> {
    const command = new DeletePartitionCommand({ DatabaseName: this.database, TableName, PartitionValues });
    await this.lab.clients.glue.send(command);
  }

  async put(path: string, Body: string): Promise<void> {
    const command = new PutObjectCommand({ Bucket: BUCKET, Key: `${this.database}/${path}`, Body });
    await this.lab.clients.s3.send(command);
  }

  async remove(path: string): Promise<void> {
    await this.lab.clients.s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: `${this.database}/${path}` }));
  }

  look(name: string, window?: SourceWindow): Promise<SourceRelation> {
    return this.ports.catalog.source('orders', { from: [`${this.database}.${name}`] }, window);
  }

  async print(name: string, window?: SourceWindow): Promise<string> {
    return (await this.look(name, window)).fingerprint;
  }
}
