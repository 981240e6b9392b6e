import { openAthenaCatalog } from '../../../src/engines/athena/catalog';
import { openS3Store } from '../../../src/engines/athena/object-store';
import { openAthenaEngine } from '../../../src/engines/athena/query-engine';
import { type AthenaSettings, type AwsClients, openClients } from '../../../src/engines/athena/settings';
import { systemClock } from '../../../src/engines/duckdb/clock';
import type { Ports } from '../../../src/pipeline/context';
import type { QueryEngine } from '../../../src/ports/query-engine';
import { type Double, type DoubleOptions, startDouble } from '../double/double';
import { BUCKET } from '../servers';
import { type TrinoClient, trinoClient } from '../trino-client';

export interface AthenaLab {
  double: Double;
  /** The SDK's clients, pointed at the double by the environment as a user would. */
  clients: AwsClients;
  /** Different on every run: a lab that runs on keeps what earlier runs made. */
  mark: string;
  settings(name: string): AthenaSettings;
  /** What a process opens: an engine, store and catalog of its own, as patient as the product's, with shorter pauses. */
  ports(settings: AthenaSettings): Ports;
  /** The same for one piece of work, and closed when it has ended. */
  during<T>(settings: AthenaSettings, work: (ports: Ports) => Promise<T>): Promise<T>;
  /** Trino itself, to look at tables past Athena. */
  trino(database: string): TrinoClient;
  stop(): Promise<void>;
}

/** The double of Athena and Glue over the running lab, and this process's environment set to it. */
export async function openAthenaLab(options: Omit<DoubleOptions, 'trino' | 's3'> = {}): Promise<AthenaLab> {
  const { LAB_TRINO: trino, LAB_S3: s3 } = process.env;
  if (!trino || !s3) throw new Error('no lab is running: use npm run test:lab');
  const double = await startDouble({ trino, s3, ...options });
  Object.assign(process.env, double.environment);
  const clients = openClients();
  const mark = Date.now().toString(36);
  const engines: QueryEngine[] = [];
  const openPorts = (settings: AthenaSettings): Ports => {
    const own = openClients();
    for (const client of Object.values(own)) hurry(client);
    const engine = openAthenaEngine(settings, own);
    engines.push(engine);
    return {
      engine,
      store: openS3Store(settings, own),
      catalog: openAthenaCatalog(settings, own, engine),
      clock: systemClock,
    };
  };
  return {
    double,
    clients,
    mark,
    settings: (name) => {
      const database = `${name}_${mark}`;
      return { bucket: BUCKET, prefix: `${database}/`, database, workgroup: 'primary' };
    },
    ports: openPorts,
    during: (settings, work) => {
      const ports = openPorts(settings);
      return work(ports).finally(() => ports.engine.close());
    },
    trino: (database) => trinoClient(trino, 'lake', database),
    stop: async () => {
      await Promise.all(engines.map((engine) => engine.close()));
      for (const client of Object.values(clients)) client.destroy();
      await double.stop();
    },
  };
}

/** Pauses between two sends of one call, in milliseconds: how often it is sent is the product's, waiting shows nothing. */
const PAUSE = 10;

function hurry({ config }: AwsClients[keyof AwsClients]): void {
  const theirs = config.retryStrategy;
  config.retryStrategy = async () => {
    const strategy = await theirs();
    if (!('refreshRetryTokenForRetry' in strategy)) throw new Error('the SDK retries in another way than it did');
    return {
      acquireInitialRetryToken: (scope) => strategy.acquireInitialRetryToken(scope),
      recordSuccess: (token) => strategy.recordSuccess(token),
      refreshRetryTokenForRetry: async (token, error) =>
        Object.assign(await strategy.refreshRetryTokenForRetry(token, error), { getRetryDelay: () => PAUSE }),
    };
  };
}
