/** What a fault does instead of, or with, what was asked. */
export type FaultAction =
  /** Refuses as the service does when it is called too often: ThrottlingException; on S3, 503 SlowDown. */
  | { kind: 'throttle' }
  /** Refuses with any exception; on S3, `type` is the error code. */
  | {
      kind: 'refuse';
      type: string;
      message?: string;
      status?: number;
      /** Further members of the body, such as AthenaErrorCode or Reason. */
      members?: Record<string, unknown>;
      headers?: Record<string, string>;
    }
  /** Does the work, then closes the connection without an answer. */
  | { kind: 'loseResponse' }
  /** Closes the connection before any work. */
  | { kind: 'loseRequest' }
  /** Waits before any work. */
  | { kind: 'delay'; ms: number }
  /** The statement fails. With `orphanBytes`, that much is left in its destination: all its files, or a torn one of its own. */
  | {
      kind: 'fail';
      reason: string;
      retryable?: boolean;
      category?: number;
      type?: number;
      orphanBytes?: number;
    }
  /** The statement goes back from RUNNING to QUEUED for a while, then on. */
  | { kind: 'requeue'; ms?: number }
  /** The statement stays RUNNING for so long before it does anything. */
  | { kind: 'slow'; ms: number }
  /** The statement ends as one that has read too much, whatever the workgroup allows. */
  | { kind: 'cutOff' }
  /** The statement fails if it reads this table, with what Athena says when the caller may not. */
  | { kind: 'denyTable'; table: string; by: 'glue' | 's3' | 'kms' | 'lakeformation' };

export interface Fault {
  /** `athena:StartQueryExecution`, `glue:GetTable`, `s3:PutObject`, or `athena:statement` for the run of a statement. */
  on: string;
  /** On the statement's text, on `database.table`, or on `bucket/key`; every request where left out. */
  match?: RegExp | ((subject: string) => boolean);
  /** How often it happens; once where left out. */
  times?: number;
  do: FaultAction;
}

/** A script of faults: each request takes the first that fits and is not used up. */
export class Faults {
  #armed: { fault: Fault; left: number; happened: number }[] = [];

  /** @returns a handle that tells how often it has happened, and takes it away. */
  add(fault: Fault): { readonly happened: number; remove(): void } {
    const entry = { fault, left: fault.times ?? 1, happened: 0 };
    this.#armed.push(entry);
    return {
      get happened() {
        return entry.happened;
      },
      remove: () => {
        this.#armed = this.#armed.filter((other) => other !== entry);
      },
    };
  }

  clear(): void {
    this.#armed = [];
  }

  /** The fault of this request, now used once more; none if it is not of the kinds asked for. */
  take(on: string, subject: string, fits: (action: FaultAction) => boolean = () => true): FaultAction | undefined {
    const entry = this.#armed.find(
      ({ fault, left }) => left > 0 && fault.on === on && fits(fault.do) && matches(fault.match, subject),
    );
    if (!entry) return undefined;
    entry.left--;
    entry.happened++;
    return entry.fault.do;
  }

  /** Whether any fault waits that could be taken. */
  has(on: string, fits: (action: FaultAction) => boolean): boolean {
    return this.#armed.some(({ fault, left }) => left > 0 && fault.on === on && fits(fault.do));
  }
}

function matches(match: Fault['match'], subject: string): boolean {
  if (!match) return true;
  return match instanceof RegExp ? match.test(subject) : match(subject);
}
