/** How numbers, shares and durations read in everything the command line prints. */

export const count = (value: number): string => Math.round(value).toLocaleString('en-GB');

export const amount = (value: number): string =>
  value.toLocaleString('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** A share of 0 to 1 as percent; what is neither none nor all never reads as 0.0 or 100.0 %. */
export function percent(share: number): string {
  if (share > 0 && share < 0.0005) return '< 0.1 %';
  if (share < 1 && share > 0.9995) return '> 99.9 %';
  return `${(share * 100).toFixed(1)} %`;
}

export const seconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} s`;

/** Below a dollar to a hundredth of a cent: small nights cost cents. */
export const usd = (value: number): string => `USD ${value < 1 ? value.toFixed(4) : amount(value)}`;

const BYTE_UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** Bytes as Athena bills them: a kB is 1,000. */
export function bytes(value: number): string {
  const unit = Math.min(BYTE_UNITS.length - 1, value < 1000 ? 0 : Math.floor(Math.log10(value) / 3));
  return `${(value / 1000 ** unit).toFixed(unit === 0 ? 0 : 1)} ${BYTE_UNITS[unit]}`;
}

export const plural = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of at most `width` characters for a share of 0 to 1; anything above 0 shows. */
export function bar(share: number, width: number): string {
  const eighths = share <= 0 ? 0 : Math.max(1, Math.round(Math.min(share, 1) * width * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
}

export const peopleText = (value: number): string => (value === 1 ? '1 person' : `${count(value)} people`);

const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** One character a value, from the least to the greatest of them; a blank where there is none. */
export function sparkline(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const level = (value: number): number => (most > least ? Math.round(((value - least) / (most - least)) * 7) : 3);
  return values.map((value) => (value === null ? ' ' : (LEVELS[level(value)] as string))).join('');
}
