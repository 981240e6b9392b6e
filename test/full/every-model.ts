import type { Manifest } from '../../src/core/snapshots/manifest';
import { tableOf } from '../../src/core/snapshots/paths';
import { PHASES } from '../support/mortal';

/** The calls of every model's steps that leave something behind: its claim, its text, its write, its partition, its note. */
const callsOf = (node: string): string[] => [
  `store.put runs/<run>/attempts/${node}-<attempt>.json`,
  `store.put runs/<run>/sql/${node}-<attempt>.sql`,
  `engine.start tables/${tableOf(node)}/v1/<run>/<attempt>/`,
  `catalog.register ${tableOf(node)}`,
  `store.put runs/<run>/${node}.json`,
];

/** Every place where a model that this night computed must have died; compare with the `met` of `MortalSteps`. */
export const deathsOf = (night: Manifest): string[] =>
  night.cost.steps.flatMap(({ model }) => callsOf(model)).flatMap((call) => PHASES.map((phase) => `${phase} ${call}`));
