import type { Call, LintText } from './lint-text';

/** Shapes of SQL that the rules of lint-rules.ts ask about. */

/** Where the window of a call is described: the tokens inside of `over (...)`, or of the named window. */
export function windowOf(text: LintText, call: Call): { from: number; to: number } | undefined {
  let at = call.close + 1;
  if (text.sees(at, 'filter', '(')) at = text.closing(at + 1) + 1;
  if (!text.sees(at, 'over')) return undefined;
  if (text.sees(at + 1, '(')) return { from: at + 2, to: text.closing(at + 1) - 1 };
  const name = text.tokens[at + 1]?.value ?? '';
  const open = text.tokens.findIndex((_, index) => text.sees(index, name, 'as', '(')) + 2;
  return { from: open + 1, to: text.closing(open) - 1 };
}

/** Tokens of a window's ORDER BY, one list a term. */
export function orderTerms(text: LintText, window: { from: number; to: number }): number[][] {
  const inside = window.from < text.tokens.length ? text.enclosing(window.from) : -1;
  const terms: number[][] = [];
  let isOrder = false;
  for (let at = window.from; at <= window.to; at++) {
    const isOwn = text.enclosing(at) === inside;
    if (isOwn && text.sees(at, 'order', 'by')) {
      isOrder = true;
      terms.push([]);
      at += 1;
    } else if (isOwn && text.isWord(at, 'rows', 'range', 'groups')) isOrder = false;
    else if (isOrder && isOwn && text.sees(at, ',')) terms.push([]);
    else if (isOrder) terms.at(-1)?.push(at);
  }
  return terms;
}

/** Whether a value is a cast of its own: the call `cast` stands around it, and names the type. */
export function isCastTo(text: LintText, at: number, ...types: string[]): boolean {
  const call = text.callAround(at);
  return (
    (call?.name === 'cast' || call?.name === 'try_cast') &&
    text.some(call.open + 1, call.close, (index) => text.sees(index, 'as') && text.isWord(index + 1, ...types))
  );
}

export const isNumber = (text: LintText, at: number): boolean => text.tokens[at]?.kind === 'number';
export const isWholeNumber = (text: LintText, at: number): boolean => /^\d+$/.test(text.tokens[at]?.raw ?? '');

export function isGuardedDivisor(text: LintText, at: number): boolean {
  if (isNumber(text, at)) return /[eE]/.test(text.tokens[at]?.raw ?? '') && Number(text.tokens[at]?.raw) !== 0;
  if (!text.sees(at, 'nullif', '(')) return false;
  const close = text.closing(at + 1);
  return isNumber(text, close - 1) && text.sees(close - 2, ',') && Number(text.tokens[close - 1]?.raw) === 0;
}

/** Whether a logarithm is of what is above zero whatever the rows: of `greatest(...)`, or of all of `1e0 + abs(...)`. */
export function isAboveZero(text: LintText, { open, close }: Call): boolean {
  const first = open + 1;
  if (text.sees(first, 'greatest', '(')) return true;
  const isOne = isNumber(text, first) && Number(text.tokens[first]?.raw) === 1;
  return isOne && text.sees(first + 1, '+', 'abs', '(') && text.closing(first + 3) === close - 1;
}

/** A double on the left or on the right: else `7 / 2` is 3 on one engine and 3.5 on the other. */
export function hasDouble(text: LintText, slash: number): boolean {
  const isDoubleZero = (at: number): boolean => /[eE]/.test(text.tokens[at]?.raw ?? '') && isNumber(text, at);
  const divisor = slash + 1;
  const right = text.sees(divisor, 'nullif', '(') ? text.closing(divisor + 1) - 1 : divisor;
  const left = slash - 1;
  const leftOpen = text.sees(left, ')') ? text.opening(left) : -1;
  const isLeftCast = leftOpen > 0 && text.sees(leftOpen - 1, 'cast') && text.sees(left - 2, 'as', 'double');
  return isLeftCast || isDoubleZero(right) || isDoubleZero(left);
}

export function overflows(text: LintText, at: number): boolean {
  if (!isWholeNumber(text, at) || text.sees(at - 1, '*')) return false;
  let product = BigInt(text.tokens[at]?.raw as string);
  if (product >= 2n ** 31n) return false;
  for (let next = at + 1; text.sees(next, '*') && isWholeNumber(text, next + 1); next += 2) {
    const factor = BigInt(text.tokens[next + 1]?.raw as string);
    if (factor >= 2n ** 31n) return false;
    product *= factor;
  }
  return product >= 2n ** 31n;
}

/** Items of the last SELECT that are a bare aggregate: its type is the engine's choice. */
export function isBareAggregate(text: LintText, call: Call, finalFrom: number): boolean {
  if (!['count_if', 'sum', 'avg'].includes(call.name) || call.at < finalFrom) return false;
  const around = text.callsAround(call.at);
  if (around.some((one) => !['coalesce', 'nullif', 'greatest', 'least', 'abs', 'if'].includes(one.name))) return false;
  const home = text.callsAround(call.at).at(-1) ?? call;
  let end = home.close + 1;
  if (text.sees(end, 'filter', '(')) end = text.closing(end + 1) + 1;
  if (text.sees(end, 'over', '(')) end = text.closing(end + 1) + 1;
  const isCompared = ['=', '<>', '<', '>', '<=', '>='].some((sign) => text.sees(end, sign));
  return !isCompared && !text.isWord(end, 'is', 'between', 'in', 'and', 'or');
}

/** Where the last SELECT with columns begins: the CTE `final`, or the text's last outermost SELECT. */
export function finalSelect(text: LintText): number {
  const final = text.tokens.findIndex((_, at) => text.sees(at, 'final', 'as', '('));
  if (final >= 0) return final;
  return text.tokens.findLastIndex((_, at) => text.enclosing(at) < 0 && text.sees(at, 'select'));
}
