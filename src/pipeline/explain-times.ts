import { SourceContractError } from '../core/errors';
import { busiestHourSelect } from '../core/sources/busiest-hour';
import type { SourceName } from '../core/sources/contract';
import type { StepContext } from './context';
import type { SourceNotes } from './notes';
import { readRows } from './query';

/**
 * An error about times without an offset, with the hour of the shop's day that would be busiest under each reading:
 * people know when their shop is busy. Any other error comes back as it is, and so does one whose times cannot be looked
 * at (a mapped expression, or a value that breaks the look itself).
 */
export async function explainTimes(
  error: SourceContractError,
  notes: SourceNotes,
  context: StepContext,
): Promise<SourceContractError> {
  const place = unclearTimes(error);
  const column = place && timeColumn(place.table, place.column, context);
  const relation = place && notes[place.table];
  if (!place || !column || !relation) return error;
  const zone = context.definitions.project.file.time_zone;
  const rows = await readRows(context.ports.engine, busiestHourSelect(relation, column, zone)).catch(() => []);
  const hourOf = (reading: string): string | undefined => {
    const hour = rows.find((row) => row.reading === reading)?.busiest_hour;
    return typeof hour === 'number' ? `${hour}:00 to ${hour + 1}:00` : undefined;
  };
  const [utc, shop] = [hourOf('UTC'), hourOf('shop')];
  if (!utc || !shop) return error;
  const counted = /^[\d,]+ rows?/.exec(error.found)?.[0];
  return new SourceContractError({
    code: 'no_offset',
    place,
    found:
      `${counted ? `${counted} with times` : 'the times'} of ${JSON.stringify(column)} that carry no offset, and nothing says what they mean. ` +
      `Read as UTC the shop's busiest hour would be ${utc} in ${zone}; read as the shop's own time it would be ${shop}`,
    remedy: `set times_in of ${place.table} in tidemark.yml: UTC if the first is right, shop if the second is, or the IANA zone the times are in`,
    cause: error,
  });
}

/** Which column an error says has times without an offset: told by its type, or row by row for texts. */
function unclearTimes(error: SourceContractError): { table: string; column: string } | undefined {
  const { table, column } = error.place ?? {};
  if (!table) return undefined;
  if (error.code === 'no_offset') return column ? { table, column } : undefined;
  const found = error.code === 'unreadable_values' ? /\b([a-z_]+):no_offset\b/.exec(error.found)?.[1] : undefined;
  return found ? { table, column: found } : undefined;
}

function timeColumn(table: string, column: string, context: StepContext): string | undefined {
  const mapping = context.definitions.project.file.sources[table as SourceName]?.columns[column];
  if (mapping === undefined || typeof mapping === 'string') return mapping;
  return 'column' in mapping ? mapping.column : undefined;
}
