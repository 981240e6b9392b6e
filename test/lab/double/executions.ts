import { randomUUID } from 'node:crypto';
import { invalid, type StatementFailure } from './errors';
import type { ColumnInfo } from './results';
import type { Statement } from './statements';
import type { Workgroup } from './workgroups';

export type State = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

/** What a statement gives back. */
export interface Outcome {
  columns: ColumnInfo[];
  /** As text, NULL as undefined; of a SELECT without the row of names. */
  rows: (string | undefined)[][];
  updateCount?: number;
  manifest?: string;
}

/** One statement, from its start on. */
export class Execution {
  readonly id = randomUUID();
  readonly submitted = Date.now();
  readonly #stopping = new AbortController();
  state: State = 'QUEUED';
  reason?: string;
  failure?: StatementFailure;
  outcome?: Outcome;
  /** So far, then in all. */
  bytesScanned = 0;
  runningSince?: number;
  completed?: number;

  constructor(
    readonly statement: Statement,
    readonly context: { catalog?: string; database?: string },
    readonly workgroup: Workgroup,
    /** Of its result object, without extension; `OutputLocation` of GetQueryExecution has it. */
    readonly output: string,
  ) {}

  get isOver(): boolean {
    return ['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(this.state);
  }

  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  get outputLocation(): string {
    const extension = { DML: '.csv', DDL: '.txt', UTILITY: '.txt' }[this.statement.type];
    if (this.statement.kind === 'unload' || this.statement.kind === 'insert') return `${this.output}${this.id}`;
    return this.statement.kind === 'ctas' ? `${this.output}tables/${this.id}` : `${this.output}${this.id}${extension}`;
  }

  stop(): void {
    this.#stopping.abort();
  }

  run(): void {
    this.state = 'RUNNING';
    this.runningSince ??= Date.now();
  }

  /** Once; what comes later is ignored. */
  end(state: State, failure?: StatementFailure): void {
    if (this.isOver) return;
    this.state = state;
    this.completed = Date.now();
    if (failure) {
      this.failure = failure;
      this.reason = failure.message;
    }
  }

  /** As GetQueryExecution tells it. */
  describe(): Record<string, unknown> {
    const { catalog, database } = this.context;
    const seconds = (ms: number): number => ms / 1000;
    return {
      QueryExecutionId: this.id,
      Query: this.statement.sql,
      StatementType: this.statement.type,
      WorkGroup: this.workgroup.name,
      EngineVersion: { SelectedEngineVersion: 'AUTO', EffectiveEngineVersion: 'Athena engine version 3' },
      QueryExecutionContext: {
        ...(catalog && { Catalog: catalog.toLowerCase() }),
        ...(database && { Database: database }),
      },
      ResultConfiguration: {
        OutputLocation: this.outputLocation,
        ...(this.workgroup.kmsKey && {
          EncryptionConfiguration: { EncryptionOption: 'SSE_KMS', KmsKey: this.workgroup.kmsKey },
        }),
      },
      ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: false } },
      Status: {
        State: this.state,
        SubmissionDateTime: seconds(this.submitted),
        ...(this.completed && { CompletionDateTime: seconds(this.completed) }),
        ...(this.reason && { StateChangeReason: this.reason }),
        ...(this.failure && this.state === 'FAILED' && { AthenaError: athenaError(this.failure) }),
      },
      Statistics: this.#statistics(),
    };
  }

  #statistics(): Record<string, unknown> {
    const until = this.completed ?? Date.now();
    const since = this.runningSince ?? until;
    const manifest = this.outcome?.manifest;
    return {
      DataScannedInBytes: this.bytesScanned,
      EngineExecutionTimeInMillis: until - since,
      QueryQueueTimeInMillis: since - this.submitted,
      TotalExecutionTimeInMillis: until - this.submitted,
      ...(manifest && { DataManifestLocation: manifest }),
    };
  }
}

function athenaError({ message, details }: StatementFailure): Record<string, unknown> {
  const { category, type, retryable } = details;
  return { ErrorCategory: category, ErrorType: type, Retryable: retryable, ErrorMessage: message };
}

/** Every statement that was started. */
export class Executions {
  readonly #byId = new Map<string, Execution>();

  add(execution: Execution): void {
    this.#byId.set(execution.id, execution);
  }

  find(id: string): Execution | undefined {
    return this.#byId.get(id);
  }

  /** @throws WireError for an unknown id. */
  get(id: string): Execution {
    const found = this.#byId.get(id);
    if (!found) throw invalid(`QueryExecution ${id} was not found`, 'QUERY_EXECUTION_NOT_FOUND');
    return found;
  }

  all(): Execution[] {
    return [...this.#byId.values()];
  }
}
