import { addDays, localDayStart } from '../dates';
import type { Manifest, Pointer } from './manifest';

/** What is measured of nights: alarms and dashboard of a deployment read these names, the functions write them. */
export const NIGHT_METRICS = {
  /** Count, 1 a published night. */
  nightsPublished: 'NightsPublished',
  /** Seconds from the end of the day that readers now see to the moment of publishing. */
  runDateAge: 'RunDateAge',
  /** Bytes scanned by the statements of a published night. */
  bytesScanned: 'BytesScanned',
  /** Count of rows of the public table people. */
  people: 'People',
  /** Count over all audiences. */
  audienceEntered: 'AudienceEntered',
  audienceLeft: 'AudienceLeft',
  /** Count, 1 where the gate before publishing refused a night. Written by the gate, the others on publishing. */
  gateClosed: 'GateClosed',
} as const;

/** CloudWatch's namespace of all of them; the dimension `service` tells one deployment from another. */
export const METRICS_NAMESPACE = 'Tidemark';

export interface NightMetric {
  name: (typeof NIGHT_METRICS)[keyof typeof NIGHT_METRICS];
  unit: 'Count' | 'Seconds' | 'Bytes';
  value: number;
}

/**
 * The metrics of a night that has just been published.
 *
 * @param pointer as it stands after publishing: a back-filled night does not make what readers see younger.
 * @param timeZone of the shop.
 */
export function nightMetrics(
  manifest: Pick<Manifest, 'tables' | 'audiences' | 'cost' | 'published_at'>,
  pointer: Pick<Pointer, 'run_date'>,
  timeZone: string,
): NightMetric[] {
  const sum = (count: 'entered_count' | 'left_count'): number =>
    manifest.audiences.reduce((total, audience) => total + audience[count], 0);
  const age = Date.parse(manifest.published_at) - localDayStart(addDays(pointer.run_date, 1), timeZone);
  return [
    { name: NIGHT_METRICS.nightsPublished, unit: 'Count', value: 1 },
    { name: NIGHT_METRICS.runDateAge, unit: 'Seconds', value: Math.max(0, Math.round(age / 1000)) },
    { name: NIGHT_METRICS.bytesScanned, unit: 'Bytes', value: manifest.cost.bytes_scanned },
    {
      name: NIGHT_METRICS.people,
      unit: 'Count',
      value: manifest.tables.find(({ name }) => name === 'people')?.rows ?? 0,
    },
    { name: NIGHT_METRICS.audienceEntered, unit: 'Count', value: sum('entered_count') },
    { name: NIGHT_METRICS.audienceLeft, unit: 'Count', value: sum('left_count') },
  ];
}
