import type { Layer, Model } from '../../../src/core/models/model';
import { type Sidecar, sidecarSchema } from '../../../src/core/models/sidecar';

type SidecarInput = Partial<Record<keyof Sidecar, unknown>>;

/** A model as its two files would give it. */
export function model(name: string, layer: Layer, sql: string, sidecar: SidecarInput = {}): Model {
  return {
    name,
    layer,
    sql,
    file: `sql/${layer}/${name}.sql`,
    sidecar: sidecarSchema.parse({
      description: 'Made for a test. One row.',
      materialised: 'table',
      unique_key: [],
      columns: [{ name: 'x', type: 'bigint', description: 'A number' }],
      ...sidecar,
    }),
  };
}

export function modelSet(...models: Model[]): ReadonlyMap<string, Model> {
  return new Map(models.map((one) => [one.name, one]));
}

/** What a call throws; the test fails when it throws nothing. */
export function thrownBy(
  call: () => unknown,
): Error & { code?: string; found?: string; remedy?: string; place?: Record<string, unknown> } {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
