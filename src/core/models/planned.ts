import { buildGraph, type ModelNode, type ModelSet } from './graph';

/**
 * What a run computes unless base has it already: every public table, every staging table (its checks are the sources'
 * contract), and what they need.
 *
 * @param inherited names of tables that base has; they and what only they need are left out.
 */
export function nodesOf(models: ModelSet, inherited: ReadonlySet<string> = new Set()): ModelNode[] {
  const targets = [...models.values()].filter(
    ({ layer, sidecar }) => sidecar.materialised === 'table' && (layer === 'staging' || sidecar.public),
  );
  return buildGraph(
    models,
    targets.map((model) => model.name),
    inherited,
  );
}

/** Whether all that a node reads is done; what a run does not compute lies with an earlier one. */
export function isReady(
  { after }: { after: readonly string[] },
  done: ReadonlySet<string>,
  computed: ReadonlySet<string>,
): boolean {
  return after.every((id) => done.has(id) || !computed.has(id));
}
