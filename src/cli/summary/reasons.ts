import { REASONS } from '../../core/scores/reasons';

/** A reason as people say it. */
export function reasonText(code: string): string {
  return REASONS[code] ?? code.replaceAll('_', ' ');
}
