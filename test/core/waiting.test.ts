import fc from 'fast-check';
import { waitSeconds } from '../../src/core/waiting';

test.each([
  ['a query just started is looked at after a second', 0, 0, 1],
  ['one of 40 seconds after a quarter of that', 40_000, 0, 10],
  ['one of half an hour after five minutes', 1_800_000, 0, 300],
  ['a young query late in a long walk waits its share of the walk', 1000, 24_000_000, 200],
])('%s', (_, query, waited, expected) => expect(waitSeconds(query, waited)).toBe(expected));

test('a walk of T seconds has fewer looks than 120 + 120 ln(T / 120), whatever runs', () => {
  const night = fc.record({
    seconds: fc.integer({ min: 300, max: 86_400 }),
    queries: fc.array(fc.integer({ min: 0, max: 7_200_000 }), { minLength: 1, maxLength: 50 }),
  });
  fc.assert(
    fc.property(night, ({ seconds, queries }) => {
      let [looks, waited] = [0, 0];
      for (; waited < seconds; looks += 1)
        waited += waitSeconds(queries[looks % queries.length] as number, 1000 * waited);
      expect(looks).toBeLessThanOrEqual(120 + 120 * Math.log(seconds / 120) + 1);
    }),
  );
  let [looks, waited] = [0, 0];
  for (; waited < 43_200; looks += 1) waited += waitSeconds(0, 1000 * waited);
  expect(looks).toBeGreaterThan(500);
});
