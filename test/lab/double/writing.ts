import type { Place, Properties } from './statements';

/** Session of a statement that writes files. */
export function writeSession(catalog: string, properties: Properties): Record<string, string> {
  const compression = properties.compression ?? properties.write_compression ?? properties.parquet_compression;
  return {
    // Athena's default for Parquet is gzip, whatever the engine's is.
    [`${catalog}.compression_codec`]: String(compression ?? 'GZIP').toUpperCase(),
    // Nobody plans over a table that is dropped again, or whose entry Glue has.
    [`${catalog}.collect_column_statistics_on_write`]: 'false',
    // The engine's limit of 100 open partitions is one writer's; Athena's is the statement's.
    ...(properties.partitioned_by !== undefined && {
      scale_writers: 'false',
      task_scale_writers_enabled: 'false',
      task_min_writer_count: '1',
      task_max_writer_count: '1',
    }),
  };
}

/** Where the caller's text starts, for an engine that counts lines from a head which the double has put before it. */
export function movedUp({ line, column }: Place): Place {
  return { line: line - 1, column };
}
