import type { Definitions } from '../../../src/core/definitions';
import type { NightInput } from '../../../src/core/night';
import type { AthenaSettings } from '../../../src/engines/athena/settings';
import { awaitSources } from '../../../src/pipeline/await-sources';
import type { StepContext } from '../../../src/pipeline/context';
import { guardSnapshot } from '../../../src/pipeline/guard-snapshot';
import { readPlan } from '../../../src/pipeline/notes';
import { planRun } from '../../../src/pipeline/plan-run';
import { plannedNodes } from '../../../src/pipeline/planned-nodes';
import { pollModel } from '../../../src/pipeline/poll-model';
import { publishSnapshot } from '../../../src/pipeline/publish-snapshot';
import { type ModelProgress, startModel } from '../../../src/pipeline/start-model';
import { sweepRuns } from '../../../src/pipeline/sweep-runs';
import type { RecordedCall } from '../double/recording';
import type { AthenaLab } from './athena-lab';

/** A call as policies see it, with names that do not change from run to run. */
export interface NightCall {
  /** Of functions/. */
  function: string;
  by: RecordedCall['by'];
  action: string;
  resources: string[];
  context?: Record<string, string>;
}

/** S3's operations whose IAM action has another name. */
const IAM_ACTIONS: Readonly<Record<string, string>> = {
  's3:HeadObject': 's3:GetObject',
  's3:HeadBucket': 's3:ListBucket',
  's3:CreateMultipartUpload': 's3:PutObject',
  's3:UploadPart': 's3:PutObject',
  's3:CompleteMultipartUpload': 's3:PutObject',
  's3:DeleteObjects': 's3:DeleteObject',
};

/** Walks nights step by step, each call of a step as a function of its own would, and keeps who called what. */
export class NightRecorder {
  readonly #found: { function: string; call: RecordedCall }[] = [];
  /** Which function started a statement: Athena goes on in its name after it has returned. */
  readonly #started = new Map<string, string>();

  constructor(
    private readonly lab: AthenaLab,
    private readonly settings: AthenaSettings,
    private readonly definitions: Definitions,
  ) {}

  async walk(night: NightInput): Promise<void> {
    await this.#as('await-sources', (context) => awaitSources(night, context));
    const { run_id } = await this.#as('plan-run', (context) => planRun(night, context));
    for (const node of await this.#models(run_id)) {
      let progress: ModelProgress = await this.#as('start-model', (context) => startModel({ run_id, node }, context));
      while (progress.state !== 'done') {
        const before: ModelProgress = progress;
        progress = await this.#as('poll-model', (context) => pollModel(before, context, 500));
      }
    }
    await this.#as('guard-snapshot', (context) => guardSnapshot({ run_id }, context));
    await this.#as('publish-snapshot', (context) => publishSnapshot({ run_id }, context));
    await this.#as('sweep-runs', (context) => sweepRuns({ run_id }, context));
  }

  /** In an order in which each comes after what it reads. */
  async #models(run_id: string): Promise<string[]> {
    const ports = this.lab.ports(this.settings);
    const context = { ports, definitions: this.definitions, hashSalt: undefined };
    return plannedNodes(await readPlan(ports.store, run_id), context).map(({ id }) => id);
  }

  /** @param names that hold this run's own marks, and what stands for them. */
  calls(names: Readonly<Record<string, string>>): NightCall[] {
    const models = [...this.definitions.models.keys()].sort((a, b) => b.length - a.length);
    const steady = (text: string): string => {
      let found = text;
      for (const [name, stands] of Object.entries(names)) found = found.replaceAll(name, stands);
      return withoutIds(found, models);
    };
    const all = this.#found.map(({ function: name, call }): NightCall => {
      const { by, context } = call;
      const action = IAM_ACTIONS[call.action] ?? call.action;
      const resources = call.resources.map(steady);
      const prefix = context?.['s3:prefix'];
      return {
        function: name,
        by,
        action,
        resources,
        ...(prefix !== undefined && { context: { 's3:prefix': steady(prefix) } }),
      };
    });
    return [...new Map(all.map((call) => [JSON.stringify(call), call])).entries()].sort().map(([, call]) => call);
  }

  /** A container of its own: nothing that another call knows is known to it. */
  async #as<T>(name: string, work: (context: StepContext) => Promise<T>): Promise<T> {
    const { calls } = this.lab.double;
    const first = calls.length;
    const ports = this.lab.ports(this.settings);
    try {
      return await work({ ports, definitions: this.definitions, hashSalt: undefined });
    } finally {
      for (const call of calls.slice(first)) {
        if (call.statement !== undefined && !this.#started.has(call.statement)) this.#started.set(call.statement, name);
        this.#found.push({ function: this.#started.get(call.statement ?? '') ?? name, call });
      }
    }
  }
}

/** Ids of runs, queries and files, and names of models, become words: one call of a kind is enough. */
function withoutIds(text: string, models: readonly string[]): string {
  const plain = text
    .replace(/\d{4}-\d\d-\d\d-[0-9a-f]{12}/g, 'RUN')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
    .replace(/\d{8}_\d{6}_\w+/g, 'FILE')
    .replace(/dt=[0-9-]+/g, 'dt=DAY');
  const model = models.find((name) => new RegExp(`[/]${name}(?=[._/@-]|$)`).test(plain));
  return model
    ? plain.replaceAll(new RegExp(`(?<=[/])${model}(@\\w+|__\\w+?_date)?(?=[._/-]|$)`, 'g'), 'MODEL')
    : plain;
}
