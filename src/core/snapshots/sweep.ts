/** Everything of one run that lies in a store. */
export interface RunObjects {
  run_id: string;
  notes: string[];
  manifest: string | undefined;
  attempts: Attempt[];
}

export interface Attempt {
  table: string;
  attempt: number;
  prefix: string;
  keys: string[];
}

const RUN = String.raw`(\d{4}-\d\d-\d\d-[0-9a-f]{12})`;
const FILE = new RegExp(String.raw`^(tables/([a-z0-9_]+)/v\d+/${RUN}/([1-9]\d*)/)[^/]+$`);
const NOTE = new RegExp(`^runs/${RUN}/.+$`);
const MANIFEST = new RegExp(`^manifests/${RUN}[.]json$`);

/** Where all of them lie; whatever else is there is somebody else's and never looked at. */
export const SWEPT_ROOTS = ['tables/', 'runs/', 'manifests/'] as const;

/** Sorts keys by the run they belong to; a key that is not shaped as a run's own belongs to none. */
export function objectsByRun(keys: Iterable<string>): Map<string, RunObjects> {
  const runs = new Map<string, RunObjects>();
  const of = (run_id: string): RunObjects => {
    const known = runs.get(run_id) ?? { run_id, notes: [], manifest: undefined, attempts: [] };
    runs.set(run_id, known);
    return known;
  };
  for (const key of keys) {
    const note = NOTE.exec(key);
    const manifest = MANIFEST.exec(key);
    const file = FILE.exec(key);
    if (note) of(note[1] as string).notes.push(key);
    else if (manifest) of(manifest[1] as string).manifest = key;
    else if (file) {
      const [, prefix, table, runId, attempt] = file as unknown as [string, string, string, string, string];
      const { attempts } = of(runId);
      const known = attempts.find((each) => each.prefix === prefix);
      if (known) known.keys.push(key);
      else attempts.push({ table, attempt: Number(attempt), prefix, keys: [key] });
    }
  }
  return runs;
}

export interface Needs {
  /** Runs whose manifest is a kept night's. */
  published: ReadonlySet<string>;
  /** Runs all of which stays: under way, or published lately. */
  young: ReadonlySet<string>;
  /** Prefixes that kept manifests and runs under way name, whoever wrote them. */
  prefixes: ReadonlySet<string>;
}

/** What of a run nobody needs: notes, attempts and, of a run that is no kept night, its manifest. Undefined for nothing. */
export function doomedOf(run: RunObjects, needs: Needs): RunObjects | undefined {
  if (needs.young.has(run.run_id)) return undefined;
  const doomed: RunObjects = {
    run_id: run.run_id,
    notes: run.notes,
    manifest: needs.published.has(run.run_id) ? undefined : run.manifest,
    attempts: run.attempts.filter(({ prefix }) => !needs.prefixes.has(prefix)),
  };
  const isNothing = doomed.notes.length === 0 && doomed.attempts.length === 0 && doomed.manifest === undefined;
  return isNothing ? undefined : doomed;
}
