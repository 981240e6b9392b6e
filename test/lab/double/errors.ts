import { WireError } from './wire';

/** Athena's InvalidRequestException: the code twice, the message with a capital M. */
export function invalid(message: string, code = 'INVALID_INPUT'): WireError {
  return new WireError('InvalidRequestException', message, { AthenaErrorCode: code, ErrorCode: code });
}

export function malformed(message: string): WireError {
  return invalid(message, 'MALFORMED_QUERY');
}

/** Why a statement ended FAILED or CANCELLED, as GetQueryExecution tells it. */
export class StatementFailure extends Error {
  override name = 'StatementFailure';
  constructor(
    /** The StateChangeReason. */
    reason: string,
    readonly details: { category: number; type: number; retryable: boolean; state?: 'FAILED' | 'CANCELLED' },
  ) {
    super(reason);
  }
}
