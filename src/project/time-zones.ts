import { nearest } from '../core/nearest';

/** Why a text is no IANA time zone, or undefined when it is one. Offsets such as +02:00 are none: they know no summer time. */
export function timeZoneProblem(zone: string): { found: string; remedy: string } | undefined {
  const near = nearest(zone, ['UTC', ...Intl.supportedValuesOf('timeZone')]);
  const unknown = {
    found: `${JSON.stringify(zone.slice(0, 60))} is no IANA time zone`,
    remedy: near ? `did you mean ${near}?` : 'write a zone such as Europe/Vienna, or UTC',
  };
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(zone)) return unknown;
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
    // Intl reads any capitals, other engines do not.
    if (known !== zone && known.toLowerCase() === zone.toLowerCase())
      return { found: unknown.found, remedy: `write ${known}` };
    return undefined;
  } catch {
    return unknown;
  }
}
