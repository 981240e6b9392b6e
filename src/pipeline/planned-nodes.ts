import { EngineError } from '../core/errors';
import type { ModelNode, ModelSet } from '../core/models/graph';
import { nodesOf } from '../core/models/planned';
import type { RunPlan } from '../core/run';
import type { StepContext } from './context';
import { readPlan } from './notes';

/** The graph of a plan is asked for at every start and look; it is the same for the same models. */
const known = new WeakMap<ModelSet, Map<string, ModelNode[]>>();

/** What a run computes: every public table, every staging table (its checks are the sources' contract), and what they need. */
export function plannedNodes(plan: Pick<RunPlan, 'inherited'>, { definitions: { models } }: StepContext): ModelNode[] {
  const inherited = Object.keys(plan.inherited).sort();
  const graphs = known.get(models) ?? new Map<string, ModelNode[]>();
  known.set(models, graphs);
  const key = inherited.join();
  const nodes = graphs.get(key) ?? nodesOf(models, new Set(inherited));
  graphs.set(key, nodes);
  return nodes;
}

/**
 * A run's plan and one of its models, by the names that travel between steps.
 *
 * @throws EngineError model_not_planned for a name that is none of the run's.
 */
export async function plannedNode(
  { run_id, node }: { run_id: string; node: string },
  context: StepContext,
): Promise<{ plan: RunPlan; node: ModelNode }> {
  const plan = await readPlan(context.ports.store, run_id);
  const found = plannedNodes(plan, context).find(({ id }) => id === node);
  if (found) return { plan, node: found };
  throw new EngineError({
    code: 'model_not_planned',
    place: { key: run_id },
    found: `the run computes no model ${JSON.stringify(node.slice(0, 80))}`,
    remedy: 'start the night again from its first step, with the definitions of now',
  });
}
