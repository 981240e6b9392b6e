import pc from 'picocolors';
import { bytes } from '../../src/cli/format';
import { nightLine, type SummaryInput, summary } from '../../src/cli/summary/summary';
import type { Manifest } from '../../src/core/snapshots/manifest';
import type { NightDetails } from '../../src/pipeline/read-night';
import type { Receipt } from '../../src/pipeline/read-predictions';

const PAPER = { colors: pc.createColors(false), width: 100 };

const frozen = { id: 'x', as_of_date: '2025-06-30', provisional: false, prefix: '', values: {}, inherited: true };

const MANIFEST = {
  run_date: '2025-07-15',
  run_id: '2025-07-15-abc',
  base: { run_date: '2025-07-14', run_id: '2025-07-14-abc', manifest: '' },
  sources: { orders: { window: null } },
  tables: [{ name: 'people', prefix: 'tables/people/v1/2025-07-15-abc/1/', rows: 10 }],
  score_model: { name: null, reason: 'no_model' },
  audiences: [{ id: 'vips', name: 'VIPs', status: 'live', member_count: 3, entered_count: 1, left_count: 2 }],
  parameters: { rfm_cuts: frozen, return_curves: { ...frozen, provisional: true } },
  facts: {
    people: {
      people: 10,
      buyers: 8,
      one_time_buyers: 4,
      stage_active: 6,
      stage_prospect: 2,
      stage_at_risk: 2,
      spend_amount: '1000.50',
    },
    stg_orders: {
      purchases: 30,
      unidentified_orders: 10,
      purchase_amount: '900.00',
      unidentified_purchase_amount: '100.00',
      test_orders: 2,
      orders_without_date: 7,
    },
    stg_events: { events_without_customer_id: 5, events: 40 },
    return_source: { return_source: 'refunds', uncounted_return_lines: 3, uncounted_returned_orders: 4 },
    internal_people: { internal_people: 1, purchases_of_internal_people: 6 },
  },
  warnings: [{ code: 'heavy_customer', message: 'the customer id "till" holds 9 of 40 orders' }],
  cost: { seconds: 1.5 },
} as unknown as Manifest;

const DETAILS: NightDetails = {
  backtest: [
    {
      is_repeat: true,
      lifecycle_stage: 'lapsed',
      people: 5,
      bought: 1,
      bought_share: 0.2,
      is_below_earlier_stage: false,
      as_of_date: '2025-04-15',
    },
    {
      is_repeat: true,
      lifecycle_stage: 'at_risk',
      people: 8,
      bought: 1,
      bought_share: 0.125,
      is_below_earlier_stage: true,
      as_of_date: '2025-04-15',
    },
  ],
  horizon: { horizon_days: 91, horizon_basis: 'estimated', as_of_date: '2025-06-30' },
  abstained: [
    { score: 'churn', reason: 'no_model', people: 10 },
    { score: 'value', reason: 'currency', people: 1 },
  ],
  rfm: [{ rfm_segment: 'champions', people: 8, spend_amount: null }],
};

const input = (changes: Partial<SummaryInput> = {}): SummaryInput => ({
  manifest: MANIFEST,
  details: DETAILS,
  predictions: { tonight: [], receipts: [], parameters: [] },
  shop: 'corner',
  currency: 'EUR',
  project: 'my-shop',
  out: 'my-shop/out',
  isPublishedAlready: false,
  isCurrent: true,
  ...changes,
});

const text = summary(input(), PAPER);

test.each([
  ['people', '10 people; 8 have bought, 4 of them on one day only (50.0 %)'],
  ['the identified share', '75.0 % of 40 purchases carry a customer id, 90.0 % of EUR 1,000.00 revenue'],
  ['a segment', /vips +3 +\+1 +−2 +VIPs/],
  ['since when', 'Segments (entered and left since 2025-07-14)'],
  ['a stage with a bar', /active +6 +60\.0 % {2}█{18}\n/],
  [
    'the horizon with the line that pins it',
    '91 days, estimated as of 2025-06-30; to pin it: predictions: { horizon_days: 91 }',
  ],
  ['kept cuts', /RFM cuts +as of 2025-06-30, kept from an earlier night/],
  ['provisional curves', /return curves +as of 2025-06-30, provisional/],
  ['named reasons for rows left out', /2 +test orders/],
  ['reasons that a new source brings', /5 +events without customer id/],
  ['returns that do not count', /3 +returning order lines as returns, because refunds are mapped/],
  ['returns by status that do not count', /4 +orders with status returned as returns, because refunds are mapped/],
  ['orders of the shop itself', /6 +purchases of people of the shop itself/],
  ['orders without a day', /7 +orders without a day/],
  ['a score for nobody', 'no churn risk for anybody: no model is fitted yet'],
  ['a score for some', "no money columns for 1 person: amounts in another currency than the shop's"],
  ['a warning', '! the customer id "till" holds 9 of 40 orders'],
  ['what to do about it', 'look at the customer id named above'],
  ['the files', /my-shop\/out\/tables\/people\/v1\/2025-07-15-abc\/1\/ +10 rows/],
])('tells %s', (_, wanted) =>
  typeof wanted === 'string' ? expect(text).toContain(wanted) : expect(text).toMatch(wanted),
);

test.each([
  [0.0123, ', estimated at USD 0.0123.'],
  [1234.5, ', estimated at USD 1,234.50.'],
])('a night that AWS bills at %d says so', (total_usd, wanted) => {
  const cost = { ...MANIFEST.cost, bytes_scanned: 2e9, estimate: { total_usd } };
  const told = summary(input({ manifest: { ...MANIFEST, cost } as Manifest }), PAPER);
  expect(told).toContain(`computed in 1.50 s of queries that scanned 2.0 GB${wanted}`);
});

test('nothing is said of a cost where nothing is billed, or an earlier version knew none', () => {
  for (const estimate of [null, undefined]) {
    const cost = { ...MANIFEST.cost, estimate };
    expect(summary(input({ manifest: { ...MANIFEST, cost } as Manifest }), PAPER)).not.toContain('USD');
  }
});

test('stages of the back-test stand in their order, and one that buys more than the one before is marked', () => {
  expect(text.indexOf('at_risk   ', text.indexOf('Do the stages hold?'))).toBeLessThan(text.lastIndexOf('lapsed '));
  expect(text).toMatch(/lapsed .*20\.0 % +✗ not less/);
});

test('a back-filled night says that a later one stays current', () => {
  expect(summary(input({ isCurrent: false }), PAPER)).toContain('A later night stays current.');
});

test('a run date before the first order is remarked on', () => {
  expect(text).not.toContain('nobody had bought');
  const people = { ...MANIFEST.facts.people, buyers: 0 };
  const manifest = { ...MANIFEST, facts: { ...MANIFEST.facts, people } } as Manifest;
  expect(summary(input({ manifest }), PAPER)).toContain('nobody had bought by 2025-07-15: is the run date right?');
});

test('a night that stands already', () => {
  expect(summary(input({ isPublishedAlready: true }), PAPER)).toContain(
    'Nothing changed: this night is published already',
  );
});

test('no line is wider than the paper, files and next steps apart', () => {
  const body = text.slice(0, text.indexOf('\nFiles')).split('\n');
  expect(body.filter((line) => line.length > PAPER.width)).toEqual([]);
});

test('an earlier night in one line', () => {
  expect(nightLine(MANIFEST, false)).toBe('2025-07-15  10 people, 1 segment +1 −2, published as run 2025-07-15-abc');
});

test('bytes read as they are billed', () => {
  expect([0, 999, 1000, 262_144, 10_485_760, 2.5e12, 9e15].map(bytes)).toEqual([
    '0 bytes',
    '999 bytes',
    '1.0 kB',
    '262.1 kB',
    '10.5 MB',
    '2.5 TB',
    '9000.0 TB',
  ]);
});

test('of orders that were read in part the share says since when', () => {
  const sources = { orders: { window: { column: 'dt', from: '2025-05-30' } } } as unknown as Manifest['sources'];
  expect(summary(input({ manifest: { ...MANIFEST, sources } }), PAPER)).toContain(
    '75.0 % of 40 purchases since 2025-05-30 carry a customer id',
  );
});

const due: Receipt = {
  kind: 'live',
  told_date: '2025-04-15',
  matured_date: '2025-07-15',
  horizon_days: 91,
  score_model: 'mbg',
  score_version: '0123456789abcdef',
  population: 'buyers',
  grouped_by: 'all',
  group_name: 'all',
  people: 1200,
  expected_buyers: 400.4,
  band_low: 360.2,
  band_high: 440.6,
  actual_buyers: 395,
  is_within_band: true,
  calibration: 0.99,
  lift: 1,
  expected_orders: null,
  actual_orders: null,
  expected_value: null,
  actual_value: null,
};
const withReceipts = (...receipts: Receipt[]): string =>
  summary(input({ predictions: { tonight: [], receipts, parameters: [] } }), { ...PAPER, width: 1000 });

test('without a model no predictions are told, and why', () => {
  expect(text).toContain('Predictions\n  none: no model is fitted yet');
  expect(text).not.toContain('Were earlier predictions right?');
});

test('what fell due tonight: told then, happened since', () => {
  expect(withReceipts(due)).toContain(
    'on 2025-04-15 400 of 1,200 people were expected to buy within 91 days; 395 did, within what chance explains',
  );
  expect(withReceipts({ ...due, actual_buyers: 500, is_within_band: false })).toContain(
    '500 did, beyond what chance explains (360 to 441)',
  );
  expect(withReceipts({ ...due, matured_date: '2025-07-14' })).not.toContain('were expected to buy');
});

test('a back-test is told until a promise of an own night has fallen due', () => {
  const backtest: Receipt = { ...due, kind: 'backtest', told_date: '2025-01-15', matured_date: '2025-04-16' };
  expect(withReceipts(backtest)).toContain('back-test: on 2025-01-15 400 of 1,200 people');
  expect(withReceipts(backtest, due)).not.toContain('back-test');
});
