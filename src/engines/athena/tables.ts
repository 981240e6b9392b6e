import { DefinitionError } from '../../core/errors';
import type { ModelSet } from '../../core/models/graph';
import type { Model } from '../../core/models/model';
import { nodesOf } from '../../core/models/planned';
import type { Column } from '../../core/models/sidecar';
import { tableOf } from '../../core/snapshots/paths';
import type { AthenaSettings } from './settings';

/** A table of Glue, in the words that its API and CloudFormation share. */
export interface TableDefinition {
  Name: string;
  Description: string;
  TableType: 'EXTERNAL_TABLE';
  Parameters: Record<string, string>;
  PartitionKeys: { Name: string; Type: string; Comment: string }[];
  StorageDescriptor: {
    Columns: { Name: string; Type: string; Comment: string }[];
    Location: string;
    InputFormat: string;
    OutputFormat: string;
    SerdeInfo: { SerializationLibrary: string; Parameters: Record<string, string> };
  };
}

/** A view that shows one public table as the published run left it. */
export interface PublicView {
  name: string;
  columns: Pick<Column, 'name' | 'type'>[];
}

export interface CatalogTables {
  /** Working tables `<table>_attempts` and, of public models, `<table>_runs`. */
  tables: TableDefinition[];
  views: PublicView[];
}

/** The one-row view that names the published run. */
export const CURRENT_RUN = 'current_run';

/** Holds every attempt of a table, partitioned by run_id and attempt. */
export const attemptsTable = (table: string): string => `${table}_attempts`;
/** Holds the attempt that counts of each published run, partitioned by run_id. */
export const runsTable = (table: string): string => `${table}_runs`;

/** A table only where `partition` of the orders makes nights look orders up that they do not read any more. */
const KEPT_BY_PARTITION = 'known_orders';

const RUN_ID = { Name: 'run_id', Type: 'string', Comment: 'The run: its date and a hash of all it was made from' };
const ATTEMPT = { Name: 'attempt', Type: 'string', Comment: 'Number of the attempt; not every one counts' };

/**
 * Everything Glue must hold for these models: a working table for every table that a run may write, at each date it may be
 * asked for, and a table of runs with a view for every public one.
 *
 * @throws DefinitionError table_name_taken or column_name_reserved.
 */
export function catalogTables(models: ModelSet, place: Pick<AthenaSettings, 'bucket' | 'prefix'>): CatalogTables {
  const nodes = nodesOf(models);
  const isPublic = (node: (typeof nodes)[number]): boolean => node.model.sidecar.public && node.asOf === 'run_date';
  const found: CatalogTables = {
    tables: nodes.flatMap((node) => {
      demandFreeColumns(node.model);
      const table = tableOf(node.id);
      const define = (name: string, keys: TableDefinition['PartitionKeys']) =>
        tableDefinition(name, node.model, keys, tableLocation(place, table));
      return [
        define(attemptsTable(table), [RUN_ID, ATTEMPT]),
        ...(isPublic(node) ? [define(runsTable(table), [RUN_ID])] : []),
      ];
    }),
    views: nodes.filter(isPublic).map(({ model }) => {
      return { name: model.name, columns: model.sidecar.columns };
    }),
  };
  demandDifferentNames([
    CURRENT_RUN,
    ...found.tables.map((table) => table.Name),
    ...found.views.map(({ name }) => name),
  ]);
  return found;
}

/**
 * The same models as if every source were mapped and every table kept that a mapping may ask for: what a deployment defines.
 * A table that came and went with a line of tidemark.yml would lose its partitions, and with them what nights build on.
 */
export function withEveryTable(models: ModelSet): ModelSet {
  return new Map(
    [...models].map(([name, model]): [string, Model] => {
      const mapped = model.if_mapped ?? model;
      if (name !== KEPT_BY_PARTITION) return [name, mapped];
      return [name, { ...mapped, sidecar: { ...mapped.sidecar, materialised: 'table' } }];
    }),
  );
}

/** The prefix below which all attempts of a table lie. */
function tableLocation({ bucket, prefix }: Pick<AthenaSettings, 'bucket' | 'prefix'>, table: string): string {
  return `s3://${bucket}/${prefix}tables/${table}/v1/`;
}

function tableDefinition(
  name: string,
  { sidecar }: Model,
  keys: TableDefinition['PartitionKeys'],
  location: string,
): TableDefinition {
  return {
    Name: name,
    Description: shortened(sidecar.description, 2048),
    TableType: 'EXTERNAL_TABLE',
    Parameters: { EXTERNAL: 'TRUE', classification: 'parquet' },
    PartitionKeys: keys,
    StorageDescriptor: {
      Columns: sidecar.columns.map((column) => {
        return { Name: column.name, Type: hiveType(column.type), Comment: shortened(column.description, 255) };
      }),
      Location: location,
      InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
      OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
      SerdeInfo: {
        SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
        Parameters: { 'serialization.format': '1' },
      },
    },
  };
}

/** A sidecar's type in Glue's words. */
export function hiveType(type: Column['type']): string {
  if (type === 'varchar') return 'string';
  return type === 'integer' ? 'int' : type;
}

/** One line, cut where Glue would refuse a longer one. */
function shortened(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= most ? line : `${line.slice(0, most - 3)}...`;
}

function demandFreeColumns({ file, sidecar }: Model): void {
  const taken = sidecar.columns.find(({ name }) => name === RUN_ID.Name || name === ATTEMPT.Name);
  if (!taken) return;
  throw new DefinitionError({
    code: 'column_name_reserved',
    place: { file },
    found: `a column is called ${taken.name}, which partitions every table on Athena`,
    remedy: 'rename the column',
  });
}

function demandDifferentNames(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new DefinitionError({
    code: 'table_name_taken',
    place: { table: twice },
    found: `two of the tables and views on Athena would be called ${twice}`,
    remedy: `rename a model; the names ${CURRENT_RUN}, <table>${attemptsTable('')} and <public table>${runsTable('')} are used beside the models' own`,
  });
}
