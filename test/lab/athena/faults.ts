import type { Fault } from '../double/double';

/** Ways in which AWS misbehaves, each armed anew for every walk. None of them may cost a night or change it. */
export const FAULTS: Readonly<Record<string, readonly Fault[]>> = {
  'calls are throttled': [
    { on: 'athena:StartQueryExecution', do: { kind: 'throttle' } },
    { on: 'athena:GetQueryExecution', do: { kind: 'throttle' } },
    { on: 'glue:BatchCreatePartition', do: { kind: 'throttle' } },
    { on: 's3:PutObject', do: { kind: 'throttle' } },
  ],
  'a write fails half-way and leaves its files': [
    {
      on: 'athena:statement',
      match: /^unload/i,
      do: { kind: 'fail', reason: 'Query failed with error code SlowDown', retryable: true, orphanBytes: 1_000 },
    },
  ],
  'statements are slow and go back into the queue': [
    { on: 'athena:statement', do: { kind: 'slow', ms: 600 } },
    { on: 'athena:statement', times: 2, do: { kind: 'requeue', ms: 200 } },
  ],
  'answers are lost': [
    { on: 'athena:StartQueryExecution', do: { kind: 'loseResponse' } },
    { on: 'glue:BatchCreatePartition', do: { kind: 'loseResponse' } },
    { on: 's3:PutObject', times: 2, do: { kind: 'loseResponse' } },
  ],
};
