import type { DayRange } from './partition-days';

/** A table whose partitions Athena works out from its properties, without asking Glue for any. */
export function isProjected(parameters: Readonly<Record<string, string>>): boolean {
  return parameters['projection.enabled']?.toLowerCase() === 'true';
}

/**
 * Whether an object may lie in a projected partition of these days. Where the layout leaves a doubt it does: an object too
 * many only makes a fingerprint change too often.
 *
 * @param location of the table, ending in '/'.
 * @param keys names of the partition keys.
 * @returns a function of the object's URI.
 */
export function mayLieIn(
  location: string,
  keys: readonly string[],
  parameters: Readonly<Record<string, string>>,
  column: string,
  days: DayRange,
): (uri: string) => boolean {
  const hive = `${location}${keys.map((key) => `${key}=\${${key}}`).join('/')}`;
  const template = (parameters['storage.location.template'] ?? hive).replace(/\/?$/, '/');
  const parts = template.split(/\$\{([^}]*)\}/);
  // Every other part is the name of a key. One that stands in the template twice, or not at all, decides nothing.
  const names = parts.filter((_, index) => index % 2 === 1).map((name) => name.toLowerCase());
  if (names.filter((name) => name === column.toLowerCase()).length !== 1) return () => true;
  const pattern = parts.map((part, index) => {
    if (index % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return part.toLowerCase() === column.toLowerCase() ? '([^/]+)' : '[^/]+';
  });
  const layout = new RegExp(`^${pattern.join('')}`);
  return (uri) => {
    const value = layout.exec(uri)?.[1];
    return value === undefined || !days.isDay(value) || days.holds(value);
  };
}

/** How the days of a projected key are written, such as yyyy/MM/dd; undefined where the table does not say. */
export function dayFormat(parameters: Readonly<Record<string, string>>, column: string): string | undefined {
  return parameters[`projection.${column.toLowerCase()}.format`];
}
