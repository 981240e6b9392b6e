import { DefinitionError, DefinitionErrors, SourceContractError, SourceContractErrors } from '../core/errors';
import { emptySourceSelect } from '../core/sources/columns';
import type { SourceName } from '../core/sources/contract';
import { sourceSelect } from '../core/sources/select';
import type { StepContext } from './context';
import { explainTimes } from './explain-times';
import type { SourceNotes } from './notes';

/** What `{{ source('orders') }}` is in this shop: its mapped columns, or the same columns without a row. */
export function sourceSql(name: SourceName, notes: SourceNotes, context: StepContext): string {
  const { project } = context.definitions;
  const mapping = project.file.sources[name];
  const relation = notes[name];
  if (!mapping || !relation) return emptySourceSelect(name);
  return sourceSelect({ name, mapping, relation, timeZone: project.file.time_zone, hashSalt: context.hashSalt });
}

/** Renders every mapped source once, so that all that is wrong with columns and types is told before any data are read. */
export async function checkSources(notes: SourceNotes, context: StepContext): Promise<void> {
  const definitions: DefinitionError[] = [];
  const contracts: SourceContractError[] = [];
  for (const name of Object.keys(context.definitions.project.file.sources) as SourceName[]) {
    try {
      sourceSql(name, notes, context);
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
