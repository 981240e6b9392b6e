/** Where something is wrong: a file and line, or a table and column, or an object key. */
export interface Place {
  file?: string;
  line?: number;
  column?: string;
  table?: string;
  key?: string;
}

export interface ErrorFacts {
  /** Stable, lower snake case; documented in docs/reference/errors.md and never renamed. */
  code: string;
  /** What was found, for the person who must act. Never a personal value. */
  found: string;
  /** What to do about it. */
  remedy: string;
  place?: Place;
  cause?: unknown;
}

/** `tidemark.yml:12`, `orders.amount`, or '' when there is no place. */
export function describePlace(place: Place | undefined): string {
  if (!place) return '';
  if (place.file) return place.line ? `${place.file}:${place.line}` : place.file;
  if (place.table) return place.column ? `${place.table}.${place.column}` : place.table;
  return place.key ?? place.column ?? '';
}

/**
 * The base of every error the product throws on purpose. `name` is set by each class itself, so that
 * bundling cannot rename what a state machine's retry rule matches.
 */
export abstract class TidemarkError extends Error {
  abstract readonly exitCode: 1 | 2 | 3;
  readonly code: string;
  readonly found: string;
  readonly remedy: string;
  readonly place: Place | undefined;

  constructor(name: string, facts: ErrorFacts) {
    const place = describePlace(facts.place);
    super(`${place ? `${place}: ` : ''}${facts.found}\n  → ${facts.remedy}`, { cause: facts.cause });
    this.name = name;
    this.code = facts.code;
    this.found = facts.found;
    this.remedy = facts.remedy;
    this.place = facts.place;
  }
}

/** A project file, segment, model or option is wrong: the author of that text must change it. Exit 2. */
export class DefinitionError extends TidemarkError {
  override readonly exitCode = 2;
  constructor(facts: ErrorFacts) {
    super('DefinitionError', facts);
  }
}

/** Several definition errors found in one pass, so that an author mends them all at once. Exit 2. */
export class DefinitionErrors extends TidemarkError {
  override readonly exitCode = 2;
  readonly errors: readonly DefinitionError[];
  constructor(errors: readonly DefinitionError[]) {
    const first = errors[0];
    super('DefinitionErrors', {
      code: 'definition_errors',
      found: errors.map((error) => error.message).join('\n'),
      remedy:
        errors.length === 1
          ? 'mend it and run `tidemark validate`'
          : `mend these ${errors.length} and run \`tidemark validate\``,
      ...(first?.place ? { cause: first } : {}),
    });
    this.errors = errors;
  }
}

/** The source data break their contract: the owner of the data must act. Exit 3. */
export class SourceContractError extends TidemarkError {
  override readonly exitCode = 3;
  constructor(facts: ErrorFacts) {
    super('SourceContractError', facts);
  }
}

/** Several things a source lacks, found in one pass. Exit 3. */
export class SourceContractErrors extends TidemarkError {
  override readonly exitCode = 3;
  readonly errors: readonly SourceContractError[];
  constructor(errors: readonly SourceContractError[]) {
    super('SourceContractErrors', {
      code: 'source_contract_errors',
      found: errors.map((error) => error.message).join('\n'),
      remedy: `mend ${errors.length === 1 ? 'it' : `these ${errors.length}`} and run again`,
      cause: errors[0],
    });
    this.errors = errors;
  }
}

/** A model's own check failed: what was computed must not be published. Exit 1. */
export class CheckFailedError extends TidemarkError {
  override readonly exitCode = 1;
  constructor(facts: ErrorFacts) {
    super('CheckFailedError', facts);
  }
}

/** A published snapshot or the notes of a run are not what they must be, or a race for the pointer was lost. Exit 1. */
export class SnapshotIntegrityError extends TidemarkError {
  override readonly exitCode = 1;
  constructor(facts: ErrorFacts) {
    super('SnapshotIntegrityError', facts);
  }
}

/** The engine or the store refused or broke, and repeating would not help. Exit 1. */
export class EngineError extends TidemarkError {
  override readonly exitCode = 1;
  constructor(facts: ErrorFacts) {
    super('EngineError', facts);
  }
}

/** The engine or the store failed for a passing reason: the only error worth another attempt. Exit 1. */
export class TransientEngineError extends TidemarkError {
  override readonly exitCode = 1;
  constructor(facts: ErrorFacts) {
    super('TransientEngineError', facts);
  }
}
