import type { Column } from '../models/sidecar';
import type { FrozenTable, LookCost, PlannedSource, RollupPart, RunReference, ToldNight } from '../run';
import type { SourceWindow } from '../sources/relation';
import type { GateVerdict } from './gate';
import type { CostEstimate } from './night-cost';

/** current.json: the only commit point. `nights` holds every published night still kept. */
export interface Pointer {
  run_date: string;
  run_id: string;
  manifest: string;
  nights: Record<string, string>;
}

export interface ManifestFile {
  key: string;
  bytes: number;
  rows: number;
}

export interface ManifestTable {
  name: string;
  version: number;
  prefix: string;
  files: ManifestFile[];
  rows: number;
  columns: Pick<Column, 'name' | 'type'>[];
  /** `<rows>:<sum>`, contract section 4. */
  content_hash: string;
}

export interface AudienceCounts {
  id: string;
  name: string;
  status: string;
  /** Equal as long as the segment means the same; manifests of earlier versions have none. */
  definition_hash?: string;
  member_count: number;
  entered_count: number;
  left_count: number;
}

export interface Warning {
  code: string;
  message: string;
}

/** What the gate before publishing found. */
export interface Gate {
  /** `accepted`: it was closed, and somebody published all the same. `closed` stands in no manifest. */
  outcome: GateVerdict['outcome'] | 'accepted';
  /** Days since base. */
  nights: number;
  findings: GateVerdict['findings'];
  reported: GateVerdict['reported'];
}

export interface StepCost {
  model: string;
  seconds: number;
  check_seconds: number;
  rows: number;
  /** Of the write query and of the check query; 0 where the engine does not tell. */
  bytes_scanned: number;
  check_bytes_scanned: number;
  /** Of write queries that succeeded and were done again, as their checks met passing faults; left out where there were none. */
  repeated_bytes_scanned?: readonly number[] | undefined;
}

export const CONTRACT_VERSION = 1;

/** What scores one kind of people. */
export interface ScoreModel {
  /** null where none scores, for the reason. */
  name: string | null;
  reason: string;
}

/** manifests/<run_id>.json: everything about one run. Times of day stand only here, outside every hash. */
export interface Manifest {
  contract_version: number;
  product_version: string;
  run_date: string;
  run_id: string;
  base: RunReference | null;
  supersedes: string | null;
  /** Nights whose promises fell due with this one; manifests of earlier versions have none. */
  told?: ToldNight[];
  /** What was asked to make this run another one than an earlier run of equal inputs; null for most. */
  fresh: string | null;
  definitions_hash: string;
  engine: string;
  /** `rows` and `watermark` are of what was read: of the window, where a source was read in part. */
  sources: Record<string, PlannedSource & { rows: number; watermark: string | null; window: SourceWindow | null }>;
  parameters: Record<string, FrozenTable & { inherited: boolean }>;
  /** Where the months of each rollup lie: a later run takes those from here that it does not make anew. */
  rollups?: Record<string, { id: string; parts: RollupPart[] }>;
  tables: ManifestTable[];
  audiences: AudienceCounts[];
  /** Manifests of earlier versions have none. */
  gate?: Gate;
  /** Which model scored people with a purchase, and why. */
  score_model: ScoreModel;
  /** The same for registered people without one; older manifests lack it. */
  prospect_model?: ScoreModel;
  facts: Record<string, Record<string, string | number | null>>;
  warnings: Warning[];
  /** `looks`: what the first step read before there was a plan, and the last one to count audiences; the sums count it too. */
  cost: {
    bytes_scanned: number;
    seconds: number;
    looks: LookCost;
    steps: StepCost[];
    /** Of what AWS bills for it; null where nothing is billed. Manifests of earlier versions have none. */
    estimate?: CostEstimate | null;
  };
  published_at: string;
}

/** The published run that a run of `runDate` builds on: the greatest night strictly before it. */
export function baseNight(
  pointer: Pointer | undefined,
  runDate: string,
): { run_date: string; manifest: string } | undefined {
  const before = Object.keys(pointer?.nights ?? {})
    .filter((night) => night < runDate)
    .sort();
  const run_date = before.at(-1);
  return run_date === undefined ? undefined : { run_date, manifest: (pointer as Pointer).nights[run_date] as string };
}

/** The pointer after publishing a run: an older date joins `nights` and never moves the pointer back. */
export function advance(pointer: Pointer | undefined, run: RunReference): Pointer {
  const nights = { ...pointer?.nights, [run.run_date]: run.manifest };
  if (pointer && pointer.run_date > run.run_date) return { ...pointer, nights };
  return { run_date: run.run_date, run_id: run.run_id, manifest: run.manifest, nights };
}
