import type { TrinoColumn } from '../trino-client';
import type { TableInput } from './glue-catalog';
import { hiveType } from './hive-types';

/** A view as Athena keeps it in Glue: base64 JSON in a comment. */
export interface PrestoView {
  originalSql: string;
  catalog?: string;
  schema?: string;
  columns: { name: string; type: string }[];
}

const TEXT = /^\s*\/\*\s*Presto View:\s*([A-Za-z0-9+/=\s]+?)\s*\*\/\s*$/;

/** Undefined where a text is no view of Athena's. */
export function readPrestoView(text: string | undefined): PrestoView | undefined {
  const encoded = TEXT.exec(text ?? '')?.[1];
  if (!encoded) return undefined;
  try {
    return JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as PrestoView;
  } catch {
    return undefined;
  }
}

/** What Athena writes into Glue for CREATE VIEW. */
export function viewInput(name: string, schema: string, sql: string, columns: readonly TrinoColumn[]): TableInput {
  const view = {
    originalSql: sql,
    catalog: 'awsdatacatalog',
    schema,
    columns: columns.map((column) => ({ name: column.name, type: column.type })),
  };
  return {
    Name: name,
    TableType: 'VIRTUAL_VIEW',
    StorageDescriptor: {
      Columns: columns.map((column) => ({ Name: column.name, Type: hiveType(column.type) })),
      Location: '',
      SerdeInfo: {},
    },
    PartitionKeys: [],
    Parameters: { presto_view: 'true', comment: 'Presto View' },
    ViewOriginalText: `/* Presto View: ${Buffer.from(JSON.stringify(view)).toString('base64')} */`,
    ViewExpandedText: '/* Presto View */',
  };
}
