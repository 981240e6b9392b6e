import { SourceContractError } from '../errors';
import type { GuardSettings } from '../night-settings';
import type { PlannedSource } from '../run';
import type { Manifest } from '../snapshots/manifest';
import type { SourceWindow } from './relation';

/** Below this share of what base read a source has lost more than packing its files anew explains. */
const MUCH = 0.5;

export interface ShrunkenInput {
  now: Readonly<Record<string, PlannedSource>>;
  windows: Readonly<Record<string, SourceWindow>>;
  base: Pick<Manifest, 'run_date' | 'sources'>;
  /** Days since base, at least 1. */
  nights: number;
  settings: GuardSettings;
}

/**
 * Sources that hold far fewer bytes than base read of the same days, from metadata alone: less than half, or what the gate
 * allows where that is less. Fewer rows than that the gate tells at the end of a night. Of views nothing is known.
 */
export function shrunkenSources({ now, windows, base, nights, settings }: ShrunkenInput): SourceContractError[] {
  const { share_per_night, least_members } = settings;
  const share = Math.min(MUCH, (1 - share_per_night) ** nights);
  return Object.entries(now).flatMap(([name, { bytes }]) => {
    const before = base.sources[name];
    const isSameDays = (before?.window?.from ?? null) === (windows[name]?.from ?? null);
    if (!before || !isSameDays || before.rows < least_members || bytes >= before.bytes * share) return [];
    return [shrunken(name, bytes, before.bytes, base.run_date)];
  });
}

const number = (value: number): string => value.toLocaleString('en-GB');

function shrunken(name: string, bytes: number, before: number, night: string): SourceContractError {
  return new SourceContractError({
    code: 'source_shrunk',
    place: { table: name },
    found: `it holds ${number(bytes)} bytes, of the same days the night of ${night} read ${number(before)}: more than half is gone`,
    remedy: `see whether its load broke off, mend it and run the night again; if so much is gone for good, or lies in less now, run with --accept, on AWS with "accept": true`,
  });
}

/**
 * A run date is asked of the newest order: where that lies before what a published night has read, it would be a night of long
 * ago, and replace it.
 */
export function sourceWentBack(
  name: string,
  newestDay: string,
  seen: { run_date: string; watermark: string },
): SourceContractError {
  return new SourceContractError({
    code: 'source_went_back',
    place: { table: name },
    found: `its newest day is ${newestDay}, though the night of ${seen.run_date} read it up to ${seen.watermark}: rows that were there are gone`,
    remedy:
      'see whether its load broke off, mend it and run the night again; to run a night of then all the same, name its date with --run-date',
  });
}
