import { DefinitionError, DefinitionErrors, SourceContractError, SourceContractErrors } from '../core/errors';
import { emptySourceSelect } from '../core/sources/columns';
import type { SourceName } from '../core/sources/contract';
import { sourceSelect } from '../core/sources/select';
import type { StepContext } from './context';
import { explainTimes } from './explain-times';
import type { SourceWindows } from './find-sources';
import type { SourceNotes } from './notes';

/** What a run, or the look before it, reads of its sources. */
export interface SourceReading {
  windows: SourceWindows;
  /** Once it is known: rows up to then must lie in a partition that later nights would find them in. */
  run_date?: string;
}

/**
 * What `{{ source('orders') }}` is in this shop: its mapped columns, or the same columns without a row.
 *
 * @param reading left out: all rows, and nothing asked of their partitions.
 */
export function sourceSql(
  name: SourceName,
  notes: SourceNotes,
  context: StepContext,
  reading: SourceReading = { windows: {} },
): string {
  const { project } = context.definitions;
  const mapping = project.file.sources[name];
  const relation = notes[name];
  if (!mapping || !relation) return emptySourceSelect(name);
  const window = reading.windows[name];
  return sourceSelect({
    name,
    mapping,
    relation,
    timeZone: project.file.time_zone,
    hashSalt: context.hashSalt,
    partition: window && { window, slackDays: mapping.partition?.slack_days ?? 0, runDate: reading.run_date },
  });
}

/** Renders every mapped source once, so that all that is wrong with columns and types is told before any data are read. */
export async function checkSources(notes: SourceNotes, context: StepContext, reading?: SourceReading): Promise<void> {
  const definitions: DefinitionError[] = [];
  const contracts: SourceContractError[] = [];
  for (const name of Object.keys(context.definitions.project.file.sources) as SourceName[]) {
    try {
      sourceSql(name, notes, context, reading);
    } catch (error) {
      if (error instanceof DefinitionErrors) definitions.push(...error.errors);
      else if (error instanceof SourceContractErrors) contracts.push(...error.errors);
      else if (error instanceof DefinitionError) definitions.push(error);
      else if (error instanceof SourceContractError) contracts.push(error);
      else throw error;
    }
  }
  if (definitions.length > 0) throw new DefinitionErrors(definitions);
  if (contracts.length === 0) return;
  const explained: SourceContractError[] = [];
  for (const error of contracts) explained.push(await explainTimes(error, notes, context));
  throw new SourceContractErrors(explained);
}
