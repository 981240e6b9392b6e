import { frozenIds, inheritedTables } from '../core/models/frozen';
import { nodesOf } from '../core/models/planned';
import { isMonthly, rollupId } from '../core/models/rollups';
import type { Manifest } from '../core/snapshots/manifest';
import { decideWindows, type Windowing } from '../core/sources/windows';
import type { StepContext } from './context';

/**
 * What a night that builds on `base` reads of its sources, and which months of the rollups it takes from there.
 *
 * @param base undefined where everything is to be read: no base, or `run --full`.
 */
export function planWindows(
  context: StepContext,
  runDate: string,
  base: Manifest | undefined,
  isFull: boolean,
): Windowing {
  const { definitions, hashSalt } = context;
  const { models, project } = definitions;
  const inherited = inheritedTables(frozenIds(models, project.file, runDate), base);
  const names = nodesOf(models, new Set(Object.keys(inherited)))
    .filter((node) => isMonthly(node.model))
    .map((node) => node.model.name);
  const ids = Object.fromEntries(names.map((name) => [name, rollupId(name, definitions, hashSalt)]));
  const ground = base && !isFull ? { run_date: base.run_date, rollups: base.rollups ?? {} } : undefined;
  return decideWindows({ models, file: project.file, ids, base: ground });
}
