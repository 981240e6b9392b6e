import { StatementFailure } from './errors';
import type { Outcome } from './executions';
import { notEmpty, USER, USER_ERROR } from './failures';
import type { Run } from './runner';
import { type S3Place, s3Place } from './s3-store';
import { identifier, textLiteral } from './sql-text';
import { spoil } from './statement-faults';
import type { Unload } from './statements';
import { movedUp, writeSession } from './writing';

/**
 * UNLOAD by a table of the engine at the destination, of which only the files stay. A destination with objects is refused,
 * except by a partitioned UNLOAD, which adds to them: https://docs.aws.amazon.com/athena/latest/ug/unload.html
 */
export async function unload(run: Run, statement: Unload): Promise<Outcome> {
  const { execution, parts } = run;
  const place = s3Place(statement.to);
  if (!place) {
    const reason = `INVALID_TABLE_PROPERTY: ${statement.to} is no S3 location`;
    throw new StatementFailure(reason, { category: USER, type: USER_ERROR, retryable: false });
  }
  const destination = { ...place, key: place.key.replace(/([^/])$/, '$1/') };
  const isPartitioned = statement.properties.partitioned_by !== undefined;
  const before = await parts.store.keys(destination, isPartitioned ? undefined : 1);
  if (!isPartitioned && before.length > 0) throw notEmpty(statement.to);
  parts.implied.written(execution, statement.to);
  await spoil(run, statement.select, destination);
  const side = { ...destination, key: `${destination.key.replace(/\/$/, '')}__${execution.id}/` };
  const target = before.length > 0 ? side : destination;
  const updateCount = await writeFiles(run, statement, target).finally(async () => {
    if (target === side) await moveAll(run, side, destination);
  });
  const manifest = await writeManifest(run, destination, before);
  return { columns: [], rows: [], manifest, ...(updateCount !== undefined && { updateCount }) };
}

async function writeFiles(run: Run, statement: Unload, { bucket, key }: S3Place): Promise<number | undefined> {
  const { execution, parts } = run;
  const { format, partitioned_by: keys } = statement.properties;
  const table = `${identifier(parts.scratch)}.${identifier(`t_${execution.id.replaceAll('-', '_')}`)}`;
  const partitions = keys === undefined ? '' : `, partitioned_by = array[${[keys].flat().map(textLiteral).join(', ')}]`;
  const head =
    `create table ${table} with (external_location = ${textLiteral(`s3://${bucket}/${key}`)}, ` +
    `format = ${textLiteral(String(format).toUpperCase())}${partitions}) as\n`;
  try {
    const session = writeSession(parts.engine.catalog, statement.properties);
    return (await run.query(`${head}${statement.select}`, { session }, movedUp(statement.start))).updateCount;
  } finally {
    const dropped = parts.engine.run(`drop table if exists ${table}`).catch(() => undefined);
    parts.background.add(dropped);
    void dropped.then(() => parts.background.delete(dropped));
  }
}

async function moveAll({ parts }: Run, from: S3Place, to: S3Place): Promise<void> {
  for (const key of await parts.store.keys(from))
    await parts.store.move(from.bucket, key, to.key + key.slice(from.key.length));
}

/** `<id>-manifest.csv`: one line a file. */
async function writeManifest(
  { execution, parts }: Run,
  destination: S3Place,
  before: readonly string[],
): Promise<string> {
  const known = new Set(before);
  const keys = (await parts.store.keys(destination)).filter((key) => !known.has(key));
  const location = `${execution.output}${execution.id}-manifest.csv`;
  const lines = keys.map((key) => `s3://${destination.bucket}/${key}\n`);
  await parts.store.put(s3Place(location) as S3Place, lines.join(''));
  return location;
}
