import { gunzipSync } from 'node:zlib';

/** What the metadata file of an Iceberg table says of its newest state. */
export interface IcebergState {
  /** The snapshot, or -1 of a table nobody has written to. */
  snapshot: string;
  schema: string;
  columns: { name: string; type: string }[];
  /** Of the snapshot, 0 where its writer did not tell. */
  bytes: number;
  files: number;
}

interface Metadata {
  'current-snapshot-id'?: number | null;
  'current-schema-id'?: number;
  schemas?: { 'schema-id'?: number; fields?: Field[] }[];
  schema?: { fields?: Field[] };
  snapshots?: { 'snapshot-id'?: number; summary?: Record<string, string> }[];
}

interface Field {
  name?: unknown;
  type?: unknown;
}

export function isIceberg(parameters: Readonly<Record<string, string>>): boolean {
  return parameters.table_type?.toUpperCase() === 'ICEBERG';
}

/** @returns undefined for a file that is not the metadata of an Iceberg table. */
export function readIcebergMetadata(content: Uint8Array): IcebergState | undefined {
  try {
    const isZipped = content[0] === 0x1f && content[1] === 0x8b;
    const text = (isZipped ? gunzipSync(content) : Buffer.from(content)).toString('utf8');
    const metadata = JSON.parse(text) as Metadata;
    const snapshot = metadata['current-snapshot-id'] ?? -1;
    const schema =
      metadata.schemas?.find((one) => one['schema-id'] === metadata['current-schema-id']) ?? metadata.schema;
    if (typeof snapshot !== 'number' || !schema?.fields) return undefined;
    const summary = metadata.snapshots?.find((one) => one['snapshot-id'] === snapshot)?.summary;
    return {
      snapshot: exactly(text, snapshot),
      schema: String(metadata['current-schema-id'] ?? 0),
      columns: schema.fields.map(({ name, type }) => ({ name: String(name), type: typeText(type) })),
      bytes: Number(summary?.['total-files-size'] ?? 0) || 0,
      files: Number(summary?.['total-data-files'] ?? 0) || 0,
    };
  } catch {
    return undefined;
  }
}

/** Ids of snapshots have 64 bits, more than a number of JSON keeps here: its digits are taken from the text. */
function exactly(text: string, rounded: number): string {
  const written = [...text.matchAll(/"current-snapshot-id"\s*:\s*(-?\d+)/g)].map((found) => found[1] as string);
  return written.find((digits) => Number(digits) === rounded) ?? String(rounded);
}

function typeText(type: unknown): string {
  if (typeof type === 'string') return type;
  const { type: kind, element } = (type ?? {}) as { type?: unknown; element?: unknown };
  return kind === 'list' ? `array<${typeText(element)}>` : String(kind);
}
