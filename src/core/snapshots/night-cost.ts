/** The month whose prices PRICES are. */
export const PRICES_OF = '2026-11';

/**
 * What AWS asks, in USD, on demand and beyond every free tier, in most large Regions; some ask more. A terabyte is 10^12 bytes.
 */
export const PRICES = {
  athena_terabyte: 5,
  /** arm64. */
  lambda_gigabyte_second: 0.000_013_333_4,
  lambda_million_calls: 0.2,
  million_transitions: 25,
  /** PUT, COPY, POST, LIST. */
  s3_thousand_writes: 0.005,
  /** GET and all others. */
  s3_thousand_reads: 0.0004,
} as const;

const MEGABYTE = 1e6;

/** Athena bills a statement at least so many megabytes, whatever it read. */
const LEAST_MEGABYTES = 10;

/** What a night took of what AWS bills. */
export interface NightUsage {
  /** Of all statements, each rounded as Athena does. */
  athena_megabytes: number;
  /** Of the state machine. */
  transitions: number;
  /** Of functions. */
  calls: number;
  gigabyte_seconds: number;
  s3_writes: number;
  s3_reads: number;
}

/** In USD, to a hundredth of a cent. */
export interface CostEstimate {
  athena_usd: number;
  lambda_usd: number;
  transitions_usd: number;
  s3_usd: number;
  /** Of the four as they are rounded. */
  total_usd: number;
  /** The month of the prices. */
  prices_of: string;
}

/** What Athena bills for one statement: whole megabytes of 10^6 bytes, rounded up, and at least ten. */
export function billedMegabytes(bytesScanned: number): number {
  return Math.max(LEAST_MEGABYTES, Math.ceil(bytesScanned / MEGABYTE));
}

/** What a night costs by PRICES; docs/cost.md has the formula. */
export function costOf(usage: NightUsage): CostEstimate {
  const athena_usd = rounded((usage.athena_megabytes * MEGABYTE * PRICES.athena_terabyte) / 1e12);
  const lambda_usd = rounded(
    usage.gigabyte_seconds * PRICES.lambda_gigabyte_second + (usage.calls * PRICES.lambda_million_calls) / 1e6,
  );
  const transitions_usd = rounded((usage.transitions * PRICES.million_transitions) / 1e6);
  const s3_usd = rounded(
    (usage.s3_writes * PRICES.s3_thousand_writes + usage.s3_reads * PRICES.s3_thousand_reads) / 1000,
  );
  const total_usd = rounded(athena_usd + lambda_usd + transitions_usd + s3_usd);
  return { athena_usd, lambda_usd, transitions_usd, s3_usd, total_usd, prices_of: PRICES_OF };
}

const rounded = (usd: number): number => Math.round(usd * 10_000) / 10_000;
