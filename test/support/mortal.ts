import type { Ports } from '../../src/pipeline/context';

type Port = Exclude<keyof Ports, 'clock'>;
const METHODS: Record<Port, readonly string[]> = {
  store: ['get', 'put', 'list', 'read', 'delete'],
  engine: ['start', 'poll', 'rows'],
  catalog: ['relation', 'register', 'files', 'publish', 'forget', 'follow', 'source'],
};

/** Calls after which something is there that was not before; during and after the others nobody dies. */
const CHANGING = /^(store\.(put|delete)|engine\.start|catalog\.(register|publish|forget|follow))/;

/** Before a call, while it is under way (its effect comes or not, nobody learns), and once it has answered. */
export const PHASES = ['before', 'during', 'after'] as const;
export type Phase = (typeof PHASES)[number];

export interface Death {
  /** Where processes have died already, by phase and call; grows by one at each death. */
  met: Set<string>;
  /** Told where this one dies. */
  told: (mark: string) => void;
  phases: readonly Phase[];
  /** Nobody dies before a call that matches was made. */
  from?: RegExp;
  /** Tells calls apart by model too. */
  isByModel: boolean;
}

/** What a call does, with the run taken out of it, and (unless every model counts) the model as well. */
function labelOf(port: Port, method: string, argument: unknown, isByModel: boolean): string {
  let what = typeof argument === 'string' ? argument : '';
  // Of many keys at once the first tells what they are.
  if (method === 'delete') what = (argument as string[])[0] ?? 'nothing';
  if (port === 'engine' && method === 'start') what = (argument as { writeTo?: string }).writeTo ?? 'read';
  if (port === 'catalog' && (method === 'relation' || !isByModel)) what = '';
  what = what
    .replace(/\d{4}-\d\d-\d\d-[0-9a-f]{12}/, '<run>')
    .replace(/(?<=-)\d+(?=\.(json|sql)$)|(?<=\/)\d+(?=\/$)/, '<attempt>');
  if (!isByModel)
    what = what
      .replace(/(<run>\/)(?!plan|sources|gate)[a-z0-9_@]+(?=\.json)/, '$1<model>')
      .replace(/(attempts|sql)\/[a-z0-9_@]+/, '$1/<model>')
      .replace(/^tables\/[^/]+/, 'tables/<model>');
  return `${port}.${method} ${what}`;
}

/** Ports of a process that dies at the first call not in `met`; every later call fails too. */
export function mortal(ports: Ports, death: Death): Ports {
  let isDead = false;
  let follows = 0;
  let hasBegun = death.from === undefined;
  const dies = (phase: Phase, label: string): boolean => {
    const mark = `${phase} ${label}`;
    hasBegun ||= death.from?.test(label) === true;
    if (!hasBegun) return false;
    if (!death.phases.includes(phase) || death.met.has(mark)) return false;
    if (phase !== 'before' && !CHANGING.test(label)) return false;
    death.met.add(mark);
    death.told(mark);
    isDead = true;
    return true;
  };
  const call = (port: Port, method: string, invoke: () => unknown, argument: unknown): unknown => {
    if (isDead) throw new Error('the process is dead');
    // The first step mends what a killed run left behind; the last one follows its own commit.
    if (method === 'follow') follows += 1;
    const label = `${labelOf(port, method, argument, death.isByModel)}${method === 'follow' && follows > 1 ? 'again' : ''}`;
    if (dies('before', label)) throw new Error('killed before it');
    const result = invoke();
    if (!(result instanceof Promise)) return result;
    if (dies('during', label)) {
      result.catch(() => undefined);
      return Promise.reject(new Error('killed during it'));
    }
    return result.then((ended) => {
      if (isDead) throw new Error('the process is dead');
      if (dies('after', label)) throw new Error('killed after it');
      return ended;
    });
  };
  const around = <T extends object>(port: Port, target: T): T =>
    new Proxy(target, {
      get(owner, name) {
        const value = Reflect.get(owner, name);
        if (typeof value !== 'function') return value;
        if (!METHODS[port].includes(String(name))) return value.bind(owner);
        return (...values: unknown[]) => call(port, String(name), () => value.apply(owner, values), values[0]);
      },
    });
  return {
    ...ports,
    store: around('store', ports.store),
    engine: around('engine', ports.engine),
    catalog: around('catalog', ports.catalog),
  };
}
