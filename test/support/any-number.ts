import fc from 'fast-check';

/**
 * Numbers of a range that holds 0, mostly spread evenly over it. fc.double takes each double for as likely as any other, and
 * nearly all of those are next to 0.
 */
export function anyNumber(min: number, max: number): fc.Arbitrary<number> {
  const steps = 1e6;
  const even = fc.integer({ min: 0, max: steps }).map((step) => min + ((max - min) * step) / steps);
  return fc.oneof({ weight: 3, arbitrary: even }, { weight: 1, arbitrary: fc.double({ min, max, noNaN: true }) });
}
