import { dateLiteral } from './literals';

/** The months that a part of a rollup owns, as a condition on its `month` column in literals; undefined for all of them. */
export function monthsCondition({ from, before }: { from?: string; before?: string }): string | undefined {
  const bounds = [
    ...(from === undefined ? [] : [`"month" >= ${dateLiteral(from)}`]),
    ...(before === undefined ? [] : [`"month" < ${dateLiteral(before)}`]),
  ];
  return bounds.length === 0 ? undefined : bounds.join(' and ');
}
