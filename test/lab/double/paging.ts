/** One page of a list, with a NextToken where more follow. */
export function page(
  member: string,
  all: readonly unknown[],
  { MaxResults, NextToken }: { MaxResults?: number; NextToken?: string },
  most: number,
): Record<string, unknown> {
  const from = Number(NextToken ?? 0);
  const until = from + Math.min(MaxResults ?? most, most);
  return { [member]: all.slice(from, until), ...(until < all.length && { NextToken: String(until) }) };
}
