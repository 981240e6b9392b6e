import { type ShrunkenInput, shrunkenSources } from '../../../src/core/sources/shrunken';

const source = (bytes: number) => ({ fingerprint: 'x', bytes, files: 1 });
const before = (bytes: number, rows = 1000, from?: string) => ({
  ...source(bytes),
  rows,
  watermark: null,
  window: from === undefined ? null : { column: 'dt', from },
});

function names(bytes: number, was = before(1000), more: Partial<ShrunkenInput> = {}): string[] {
  const input: ShrunkenInput = {
    now: { orders: source(bytes), refunds: source(0) },
    windows: {},
    base: { run_date: '2026-01-30', sources: { orders: was } },
    nights: 1,
    settings: { share_per_night: 0.2, least_members: 100 },
    ...more,
  };
  return shrunkenSources(input).map(({ code, place }) => `${code} ${place?.table}`);
}

test('half is enough, less is refused', () => {
  expect(names(500)).toEqual([]);
  expect(names(499)).toEqual(['source_shrunk orders']);
});

test('where the gate allows more, so does this: after four nights 0.8^4 = 0.41, or by its settings', () => {
  expect(names(410, before(1000), { nights: 4 })).toEqual([]);
  expect(names(409, before(1000), { nights: 4 })).toEqual(['source_shrunk orders']);
  expect(names(100, before(1000), { settings: { share_per_night: 0.9, least_members: 100 } })).toEqual([]);
});

test('compared are the same days only, and no sources of few rows or of unknown size', () => {
  const windows = { orders: { column: 'dt', from: '2026-01-01' } };
  expect(names(1, before(1000, 1000, '2025-12-01'), { windows })).toEqual([]);
  expect(names(1, before(1000), { windows })).toEqual([]);
  expect(names(1, before(1000, 1000, '2026-01-01'), { windows })).toEqual(['source_shrunk orders']);
  // Of a window without a beginning everything is read.
  expect(names(1, before(1000), { windows: { orders: { column: 'dt' } } })).toEqual(['source_shrunk orders']);
  expect(names(1, before(1000, 99))).toEqual([]);
  expect(names(0, before(0))).toEqual([]);
});
