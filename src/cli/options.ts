import { InvalidArgumentError } from 'commander';
import { isIsoDate } from '../core/dates';

const MOST_NIGHTS = 1000;

/** Parsers of option values; what they refuse ends a command with exit code 2. */

export function parseNights(text: string): number {
  return wholeNumber(text, 1, MOST_NIGHTS);
}

export function parseCustomers(text: string): number {
  return wholeNumber(text, 1, 20_000_000);
}

export function parseSeed(text: string): number {
  return wholeNumber(text, 0, 2_147_483_647);
}

export function parseRunDate(text: string): string {
  if (isIsoDate(text)) return text;
  throw new InvalidArgumentError('Give a day of the calendar as YYYY-MM-DD.');
}

function wholeNumber(text: string, least: number, most: number): number {
  const value = Number(text.replaceAll('_', ''));
  if (/^[0-9][0-9_]*$/.test(text) && value >= least && value <= most) return value;
  throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
}
