/**
 * A seeded stream of uniform doubles in [0, 1): sfc32 (Doty-Humphrey, PractRand; public domain), warmed up from one seed.
 * Whatever the product draws comes from here, so that the same inputs give the same intervals on every night and machine.
 */
export function seededRandom(seed: number): () => number {
  let a = seed >>> 0;
  let b = (seed ^ 0x9e3779b9) >>> 0;
  let c = 0x243f6a88;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 4294967296;
  };
  for (let warm = 0; warm < 15; warm++) next();
  return next;
}
