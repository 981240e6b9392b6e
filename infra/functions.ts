/** What a function of the night may do. Everything that is not said here is denied. */
export interface Rights {
  /** Keys of Tidemark's own files that it reads, * for any characters. */
  reads: readonly string[];
  /** Keys that it writes. */
  writes?: readonly string[];
  /** Keys that it deletes. */
  deletes?: readonly string[];
  /** Runs statements of the workgroup over Tidemark's own tables, or stops what others run. */
  queries?: readonly ('run' | 'stop')[];
  /** Reads metadata and files of the sources, itself and through Athena. */
  sources?: true;
  /** Makes or deletes partitions of Tidemark's own tables. */
  partitions?: readonly ('make' | 'delete')[];
  /** Replaces the view of the published run. */
  view?: true;
  /** Looks at the settings of the workgroup. */
  workgroup?: true;
  /** Lists and starts executions of the state machine. */
  executions?: true;
}

export interface FunctionFacts {
  description: string;
  rights: Rights;
  /** Megabytes; also what share of a processor it gets. */
  memory: number;
  /** Minutes. */
  timeout: number;
}

/** What every step reads: definitions, pointer, manifests and notes of runs. */
const NOTES = ['definitions/*', 'current.json', 'manifests/*', 'runs/*'] as const;

/** Every file of functions/, in the order of a night. */
export const FUNCTIONS = {
  'start-night': {
    description: 'Derives the run date and starts the night',
    rights: { reads: ['definitions/*'], executions: true },
    memory: 512,
    timeout: 1,
  },
  'await-sources': {
    description: 'Looks whether the sources are fresh enough',
    rights: { reads: NOTES, queries: ['run'], sources: true },
    memory: 1024,
    timeout: 10,
  },
  'plan-run': {
    description: 'Gives the run its identity and its plan',
    // Sweeps: a run that is taken up again is claimed back from the sweep.
    rights: {
      reads: [...NOTES, 'tables/*', 'sweeps/*'],
      writes: ['runs/*', 'sweeps/*'],
      queries: ['run'],
      sources: true,
      view: true,
    },
    memory: 1024,
    timeout: 15,
  },
  'start-model': {
    description: 'Starts the query that writes a model',
    rights: {
      reads: [...NOTES, 'tables/*'],
      writes: ['runs/*', 'tables/*'],
      queries: ['run'],
      sources: true,
      partitions: ['make'],
    },
    // Parameters are fitted within it.
    memory: 2048,
    timeout: 15,
  },
  'poll-model': {
    description: 'Looks whether the query has ended, checks what it wrote',
    // Sources: what a time of day without an offset may mean is told from their busiest hour.
    rights: {
      reads: [...NOTES, 'tables/*'],
      writes: ['runs/*'],
      queries: ['run'],
      sources: true,
      partitions: ['make'],
    },
    memory: 1024,
    timeout: 5,
  },
  'guard-snapshot': {
    description: 'Judges whether the night may be published',
    rights: { reads: [...NOTES, 'tables/*'], writes: ['runs/*'], queries: ['run'] },
    memory: 1024,
    timeout: 10,
  },
  'publish-snapshot': {
    description: 'Writes the manifest, then the pointer',
    rights: {
      reads: [...NOTES, 'tables/*'],
      writes: ['manifests/*', 'current.json'],
      queries: ['run'],
      sources: true,
      partitions: ['make'],
      view: true,
    },
    memory: 1024,
    timeout: 15,
  },
  'sweep-runs': {
    description: 'Marks and deletes what no kept night needs',
    rights: {
      reads: [...NOTES, 'sweeps/*'],
      writes: ['current.json', 'sweeps/*'],
      deletes: ['runs/*', 'manifests/*', 'tables/*', 'sweeps/*'],
      partitions: ['delete'],
    },
    memory: 1024,
    timeout: 15,
  },
  'fail-run': {
    description: 'Ends a night that failed, by an error that a redrive may repeat',
    rights: { reads: [] },
    memory: 256,
    timeout: 1,
  },
  'stop-run': {
    description: 'Stops queries of a night that ended badly, and marks it',
    rights: { reads: NOTES, writes: ['runs/*'], queries: ['stop'] },
    memory: 512,
    timeout: 5,
  },
} as const satisfies Record<string, FunctionFacts>;

export type FunctionName = keyof typeof FUNCTIONS;
