import { TransientEngineError } from '../../src/core/errors';
import type { ModelNode } from '../../src/core/models/graph';
import type { Manifest } from '../../src/core/snapshots/manifest';
import { manifestKey } from '../../src/core/snapshots/paths';
import type { Ports, StepContext } from '../../src/pipeline/context';
import { readManifest, readPlan } from '../../src/pipeline/notes';
import { plannedNodes } from '../../src/pipeline/planned-nodes';
import { pollModel } from '../../src/pipeline/poll-model';
import { startModel } from '../../src/pipeline/start-model';
import { STEPS } from '../../src/pipeline/steps';
import { mortal, PHASES } from './mortal';

export interface Surroundings {
  /** Opens ports for as long as one model is worked at. */
  open<T>(work: (ports: Ports) => Promise<T>): Promise<T>;
  /** Called before a model's first step, and before every step that follows a death: the moment to arm faults. */
  armed?(model: string | undefined): void;
  /** Called after every death, with the number of deaths so far: the moment to read as others do. */
  died?(deaths: number): Promise<void>;
  /** Models side by side. */
  width: number;
}

/** How often in a row one call may meet passing faults. */
const MOST_FAULTS = 10;

/**
 * Walks a night as a state machine does: each call of a step is a process of its own. It dies before, during and after
 * every kind of call to its ports, these told apart by model, and is called again with the same input; the other models
 * go on meanwhile. So one night serves the deaths of all models, and a death costs no more than its model.
 */
export class MortalSteps {
  /** Where processes have died, by phase and call. */
  readonly met = new Set<string>();

  constructor(
    private readonly context: Omit<StepContext, 'ports'>,
    private readonly surroundings: Surroundings,
  ) {}

  async walk(run_date: string): Promise<Manifest> {
    return this.#process(undefined, async (step) => {
      let run_id = '';
      for (const each of STEPS) {
        if (each.kind === 'wait') await step((context) => each.run({ run_date }, context));
        else if (each.kind === 'plan') ({ run_id } = await step((context) => each.run({ run_date }, context)));
        else if (each.kind === 'models') await this.#models(run_id, await step((context) => nodesOf(run_id, context)));
        else await step<unknown>((context) => each.run({ run_id }, context));
      }
      return step((context) => readManifest(context.ports.store, manifestKey(run_id)));
    });
  }

  /** Each model as soon as all it reads are done and there is room. */
  async #models(run_id: string, nodes: readonly ModelNode[]): Promise<void> {
    const built = new Map<string, Promise<void>>();
    let room = this.surroundings.width;
    const waiting: (() => void)[] = [];
    const build = async ({ id, after }: ModelNode): Promise<void> => {
      await Promise.all(after.map((read) => built.get(read)));
      if (room === 0) await new Promise<void>((enter) => waiting.push(enter));
      else room -= 1;
      try {
        await this.#model(run_id, id);
      } finally {
        const next = waiting.shift();
        if (next) next();
        else room += 1;
      }
    };
    // A plan lists models after those that they read.
    for (const node of nodes) built.set(node.id, build(node));
    await Promise.all(built.values());
  }

  #model(run_id: string, node: string): Promise<void> {
    return this.#process(node, async (step) => {
      let progress = await step((context) => startModel({ run_id, node }, context));
      while (progress.state !== 'done') {
        const before = progress;
        progress = await step((context) =>
          before.state === 'again' ? startModel(before, context) : pollModel(before, context, 1000),
        );
      }
    });
  }

  #process<T>(model: string | undefined, work: (step: CallStep) => Promise<T>): Promise<T> {
    return this.surroundings.open((ports) => {
      this.surroundings.armed?.(model);
      return work((step) => this.#survive(model, ports, step));
    });
  }

  /** Calls a step until a call lives to its end. */
  async #survive<T>(model: string | undefined, ports: Ports, step: Parameters<CallStep>[0]): Promise<T> {
    for (let faults = 0; ; ) {
      let died = '';
      const told = (mark: string): void => {
        died = mark;
      };
      const own = mortal(ports, { met: this.met, told, phases: PHASES, isByModel: true });
      try {
        const result = await step({ ...this.context, ports: own });
        if (died === '') return result as T;
      } catch (error) {
        if (died === '' && (!(error instanceof TransientEngineError) || faults >= MOST_FAULTS)) throw error;
        if (died === '') faults += 1;
      }
      if (died === '') continue;
      await this.surroundings.died?.(this.met.size);
      this.surroundings.armed?.(model);
    }
  }
}

type CallStep = <T>(step: (context: StepContext) => Promise<T>) => Promise<T>;

const nodesOf = async (run_id: string, context: StepContext): Promise<ModelNode[]> =>
  plannedNodes(await readPlan(context.ports.store, run_id), context);
