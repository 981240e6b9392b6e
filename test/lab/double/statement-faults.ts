import { randomBytes } from 'node:crypto';
import { StatementFailure } from './errors';
import { denied, SYSTEM, scannedTooMuch, USER, USER_ERROR } from './failures';
import type { FaultAction } from './faults';
import type { Run } from './runner';
import type { S3Place } from './s3-store';

/** Athena's type of an error of its own service. */
const INTERNAL = 100;
const ON = 'athena:statement';

const PACES = ['requeue', 'slow'] as const;
type Pace = Extract<FaultAction, { kind: (typeof PACES)[number] }>;
type Outcome = Exclude<FaultAction, Pace>;

const isPace = (action: FaultAction): action is Pace => (PACES as readonly string[]).includes(action.kind);
const isDenial = (action: FaultAction): boolean => action.kind === 'denyTable';

/** Faults of how long a statement takes, before it does anything. @throws StatementFailure where it is stopped meanwhile. */
export async function pace(run: Run): Promise<void> {
  const { execution, parts } = run;
  const fault = parts.faults.take(ON, execution.statement.sql, isPace) as Pace | undefined;
  if (fault?.kind === 'slow') await run.wait(fault.ms);
  if (fault?.kind !== 'requeue') return;
  await run.wait(fault.ms ?? 100);
  execution.state = 'QUEUED';
  await run.wait(fault.ms ?? 100);
  execution.state = 'RUNNING';
}

/**
 * Faults of how a statement ends. They happen in place of the work, once it is known where that would have been written.
 *
 * @throws StatementFailure
 */
export async function spoil(run: Run, select: string, destination?: S3Place): Promise<void> {
  const { execution, parts } = run;
  const isOutcome = (action: FaultAction): boolean => !isPace(action) && !isDenial(action);
  const fault = parts.faults.take(ON, execution.statement.sql, isOutcome) as Outcome | undefined;
  if (fault?.kind === 'fail') {
    if (fault.orphanBytes && destination) await leaveOrphan(run, destination, fault.orphanBytes);
    const { reason, retryable = false, category = retryable ? SYSTEM : USER } = fault;
    const type = fault.type ?? (retryable ? INTERNAL : USER_ERROR);
    throw new StatementFailure(reason, { category, type, retryable });
  }
  if (fault?.kind === 'cutOff') throw scannedTooMuch();
  if (parts.faults.has(ON, isDenial)) await deny(run, select);
}

/** A torn file, named as the engine names whole ones. */
async function leaveOrphan(run: Run, { bucket, key }: S3Place, bytes: number): Promise<void> {
  const name = `${run.execution.id.replaceAll('-', '_')}_orphan`;
  await run.parts.store.put({ bucket, key: `${key}${name}` }, randomBytes(bytes));
}

/** The engine says which tables a text would read, views followed; it is asked only while a denial is armed. */
async function deny(run: Run, select: string): Promise<void> {
  const { engine, faults, glue } = run.parts;
  const schema = run.execution.context.database ?? 'default';
  const probe = await engine.run(`select count(*) from (\n${select}\n) where false`, { schema }).catch(() => undefined);
  if (!probe) return;
  const { referenced } = await engine.reads(probe.id);
  const names = new Set(referenced.map(({ database, table }) => `${database}.${table}`));
  const isMet = (action: FaultAction): boolean => action.kind === 'denyTable' && names.has(action.table);
  const fault = faults.take(ON, run.execution.statement.sql, isMet);
  if (fault?.kind !== 'denyTable') return;
  const [database = '', table = ''] = fault.table.split('.');
  const location = glue.find(database, table)?.table.StorageDescriptor?.Location ?? '';
  throw denied(fault.by, run.parts.arns.glue(database, table).at(-1) as string, location);
}
