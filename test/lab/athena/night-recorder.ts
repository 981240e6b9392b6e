import { setTimeout as sleep } from 'node:timers/promises';
import type { Definitions } from '../../../src/core/definitions';
import type { NightInput } from '../../../src/core/night';
import { manifestKey } from '../../../src/core/snapshots/paths';
import type { AthenaSettings } from '../../../src/engines/athena/settings';
import { awaitSources } from '../../../src/pipeline/await-sources';
import { type ModelsInput, type ModelsUnderWay, pollModels, startModels } from '../../../src/pipeline/build-models';
import type { Ports, StepContext } from '../../../src/pipeline/context';
import { currentDefinitions, readDefinitions } from '../../../src/pipeline/definitions-bundle';
import { guardSnapshot } from '../../../src/pipeline/guard-snapshot';
import { readManifest } from '../../../src/pipeline/notes';
import { planRun } from '../../../src/pipeline/plan-run';
import { publishSnapshot } from '../../../src/pipeline/publish-snapshot';
import { noteExecution, stopRun } from '../../../src/pipeline/stop-run';
import { sweepRuns } from '../../../src/pipeline/sweep-runs';
import type { RecordedCall } from '../double/recording';
import type { AthenaLab } from './athena-lab';

/** A call as policies see it, with names that do not change from run to run. */
export interface NightCall {
  /** Of functions/, or `operator` for somebody at the command line. */
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

/** Walks nights step by step, each step with what its function of functions/ does around it, and keeps who called what. */
export class NightRecorder {
  /** Which of all calls were made while a function ran. */
  readonly #windows: { function: string; first: number; behind: number }[] = [];

  constructor(
    private readonly lab: AthenaLab,
    private readonly settings: AthenaSettings,
    private readonly definitions: Definitions,
    /** Hash of what is pushed: read by every function, though these nights go by fewer models. */
    private readonly bundle: string,
  ) {}

  /** A whole night, as functions/ does it: each reads the definitions that the first has pinned. */
  async walk(night: NightInput, execution: string): Promise<string> {
    await this.as('await-sources', execution, async (context) => {
      await currentDefinitions(context.ports.store);
      return awaitSources(night, context);
    });
    const run_id = await this.#plan(night, execution);
    let models: ModelsUnderWay | null = null;
    while (models?.state !== 'finished') {
      if (models?.failure) throw new Error(models.failure.found);
      const input: ModelsInput = { run_id, models, redrives: 0 };
      models =
        models === null || models.state === 'start'
          ? await this.as('start-model', execution, (context) => startModels({ ...input, width: 3 }, context))
          : await this.as('poll-model', execution, (context) => pollModels(input, context));
      if (models.state === 'wait') await sleep(300);
    }
    await this.as('guard-snapshot', execution, (context) => guardSnapshot({ run_id }, context));
    await this.as('publish-snapshot', execution, async (context) => {
      await publishSnapshot({ run_id }, context);
      return readManifest(context.ports.store, manifestKey(run_id));
    });
    await this.as('sweep-runs', execution, (context) => sweepRuns({ run_id }, context));
    return run_id;
  }

  /** A night that is stopped as soon as its first queries run. */
  async abort(night: NightInput, execution: string): Promise<void> {
    const run_id = await this.#plan(night, execution);
    await this.as('start-model', execution, (context) =>
      startModels({ run_id, models: null, redrives: 0, width: 3 }, context),
    );
    const stopped = await this.as('stop-run', execution, async (context) => {
      await currentDefinitions(context.ports.store);
      return stopRun({ execution, status: 'ABORTED', error: null }, context);
    });
    if (stopped.stopped === 0) throw new Error('no query was running');
  }

  /** What a night's last step deletes, on a day that is so many days from now; one published night is kept. */
  async sweep(days: number, run_id: string, execution: string): Promise<number> {
    const swept = await this.as('sweep-runs', execution, (context) => {
      const { project } = context.definitions;
      const file = { ...project.file, retention: { ...project.file.retention, nights: 1, monthly: false } };
      const clock = { now: () => Date.now() + days * 86_400_000 };
      const definitions = { ...context.definitions, project: { ...project, file } };
      return sweepRuns({ run_id }, { ...context, definitions, ports: { ...context.ports, clock } });
    });
    return swept.deleted_objects;
  }

  /** Plans a night that was planned before, as its next execution does. */
  planAgain(night: NightInput, execution: string): Promise<string> {
    return this.#plan(night, execution);
  }

  /** Somebody at the command line. */
  operate<T>(work: (context: StepContext) => Promise<T>): Promise<T> {
    return this.#recorded('operator', (ports) => work(this.#context(ports)));
  }

  /** A function of functions/ itself. @returns what it answers. */
  call<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.#recorded(name, work);
  }

  async #plan(night: NightInput, execution: string): Promise<string> {
    return this.as('plan-run', execution, async (context) => {
      const { run_id } = await planRun(night, context);
      const note = { execution, definitions: this.bundle, status: 'RUNNING', error: null } as const;
      await noteExecution(run_id, note, context);
      return run_id;
    });
  }

  /** @param names that hold this run's own marks, and what stands for them. */
  calls(names: Readonly<Record<string, string>>): NightCall[] {
    const models = [...this.definitions.models.keys()].sort((a, b) => b.length - a.length);
    const steady = (text: string): string => {
      let found = text;
      for (const [name, stands] of Object.entries(names)) found = found.replaceAll(name, stands);
      return withoutIds(found, models);
    };
    const all = this.#attributed().flatMap(({ function: name, call }): NightCall[] => {
      const { by, context } = call;
      const action = IAM_ACTIONS[call.action] ?? call.action;
      const prefix = context?.['s3:prefix'];
      const given = { ...(prefix !== undefined && { context: { 's3:prefix': steady(prefix) } }) };
      const resources = call.resources.map(steady);
      // Of a list of objects each is a thing of its own.
      const apart = call.action === 's3:DeleteObjects' ? resources.map((each) => [each]) : [resources];
      return apart.map((each) => ({ function: name, by, action, resources: each, ...given }));
    });
    return [...new Map(all.map((call) => [JSON.stringify(call), call])).entries()].sort().map(([, call]) => call);
  }

  /** A function's step, with the definitions read first, in a container of its own: nothing that another call knows is known to it. */
  as<T>(name: string, execution: string, work: (context: StepContext) => Promise<T>): Promise<T> {
    return this.#recorded(name, async (ports) => {
      await readDefinitions(ports.store, this.bundle);
      return work({ ...this.#context(ports), execution });
    });
  }

  #context(ports: Ports): StepContext {
    return { ports, definitions: this.definitions, hashSalt: undefined };
  }

  async #recorded<T>(name: string, work: (ports: Ports) => Promise<T>): Promise<T> {
    const { calls } = this.lab.double;
    const first = calls.length;
    try {
      return await work(this.lab.ports(this.settings));
    } finally {
      this.#windows.push({ function: name, first, behind: calls.length });
    }
  }

  /** A statement belongs to the function that started it: Athena goes on in its name after it has returned. */
  #attributed(): { function: string; call: RecordedCall }[] {
    const started = new Map<string, string>();
    return this.lab.double.calls.flatMap((call, index) => {
      const within = this.#windows.find(({ first, behind }) => index >= first && index < behind)?.function;
      if (call.statement !== undefined && within !== undefined && !started.has(call.statement))
        started.set(call.statement, within);
      const name = call.statement === undefined ? within : started.get(call.statement);
      return name === undefined ? [] : [{ function: name, call }];
    });
  }
}

/** Ids of runs, queries and files, and names of models, become words: one call of a kind is enough. */
function withoutIds(text: string, models: readonly string[]): string {
  const plain = text
    .replace(/\d{4}-\d\d-\d\d-[0-9a-f]{12}/g, 'RUN')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
    .replace(/\d{8}_\d{6}_\w+/g, 'FILE')
    .replace(/definitions\/[0-9a-f]{64}/g, 'definitions/HASH')
    .replace(/definitions\/[0-9a-f]{8,63}$/g, 'definitions/HASH')
    .replace(/dt=[0-9-]+/g, 'dt=DAY');
  const model = models.find((name) => new RegExp(`[/]${name}(?=[._/@-]|$)`).test(plain));
  return model
    ? plain.replaceAll(new RegExp(`(?<=[/])${model}(@\\w+|__\\w+?_date)?(?=[._/-]|$)`, 'g'), 'MODEL')
    : plain;
}
