import { addDays } from '../dates';
import type { ModelSet } from '../models/graph';
import { groundOf, partsBefore } from '../models/rollups';
import type { ProjectFile } from '../project-file';
import type { PlannedRollup, RollupPart } from '../run';
import type { Warning } from '../snapshots/manifest';
import { WINDOWED_SOURCES, type WindowedSource } from './contract';
import type { SourceWindow } from './relation';

/** What a night reads of its partitioned sources, and which months of its rollups it takes from base. */
export interface Windowing {
  /** Of every source with `partition`; without `from` all of it is read. */
  windows: Partial<Record<WindowedSource, SourceWindow>>;
  /** Of every rollup of the run. */
  rollups: Record<string, PlannedRollup>;
  warnings: Warning[];
}

export interface WindowingInput {
  models: ModelSet;
  file: ProjectFile;
  /** The rollups of the run, each with its id. */
  ids: Readonly<Record<string, string>>;
  /** The night to build on; undefined also where everything is to be read. */
  base: { run_date: string; rollups: Readonly<Record<string, { id: string; parts: RollupPart[] }>> } | undefined;
}

/** The month of the first day that may still have changed since base, as its first day. */
export function lateMonth(baseDate: string, lateArrivalDays: number): string {
  return `${addDays(baseDate, -lateArrivalDays).slice(0, 7)}-01`;
}

/**
 * Which sources are read in part: those with `partition` all of whose rollups have their earlier months in base, made by
 * the same definitions. A rollup then takes these months from base if any of what it stands on is read in part; one that
 * stands on whole sources alone is made anew, and so sees rows however late.
 */
export function decideWindows({ models, file, ids, base }: WindowingInput): Windowing {
  const grounds = Object.fromEntries(Object.keys(ids).map((name) => [name, groundOf(models, name).sources]));
  const kept = (name: string): RollupPart[] => {
    const earlier = base?.rollups[name];
    return earlier && earlier.id === ids[name] ? earlier.parts : [];
  };
  const month = base && lateMonth(base.run_date, file.late_arrival_days);
  const windows: Windowing['windows'] = {};
  const warnings: Warning[] = [];
  for (const source of WINDOWED_SOURCES) {
    const partition = file.sources[source]?.partition;
    if (!partition) continue;
    const lacking = Object.keys(ids).filter((name) => grounds[name]?.has(source) && kept(name).length === 0);
    const isInPart = month !== undefined && lacking.length === 0;
    if (month !== undefined && !isInPart) warnings.push(readWhole(source, lacking));
    windows[source] = { column: partition.column, ...(isInPart && { from: addDays(month, -partition.slack_days) }) };
  }
  const inPart = WINDOWED_SOURCES.filter((source) => windows[source]?.from !== undefined);
  const rollups = Object.entries(ids).map(([name, id]): [string, PlannedRollup] => {
    const takes = month !== undefined && inPart.some((source) => grounds[name]?.has(source));
    return [
      name,
      takes ? { id, from: month, earlier: partsBefore(kept(name), month) } : { id, from: null, earlier: [] },
    ];
  });
  return { windows, rollups: Object.fromEntries(rollups), warnings };
}

function readWhole(source: string, lacking: readonly string[]): Warning {
  return {
    code: 'partition_read_whole',
    message: `${source} was read whole, though it has a partition: what ${lacking.join(', ')} ${lacking.length === 1 ? 'is' : 'are'} made of has changed since the night before, so that no month could be taken over`,
  };
}

/** Whether orders must be kept by number: a return of tonight may give back an order that is no longer read. */
export function keepsKnownOrders({ sources }: ProjectFile): boolean {
  const namesOrders = sources.refunds?.columns.order_id !== undefined || sources.order_lines !== undefined;
  return sources.orders?.partition !== undefined && namesOrders;
}
