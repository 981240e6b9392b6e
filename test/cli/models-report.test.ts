import pc from 'picocolors';
import { sparkline } from '../../src/cli/format';
import { modelsReport } from '../../src/cli/report/models-report';
import { calibrationError, toldNights } from '../../src/cli/report/outcomes';
import type { Manifest } from '../../src/core/snapshots/manifest';
import type { NightDetails } from '../../src/pipeline/read-night';
import type { Predictions, Receipt, ScoreParameter } from '../../src/pipeline/read-predictions';

const PAPER = { colors: pc.createColors(false), width: 100 };

const MANIFEST = {
  run_date: '2026-03-31',
  parameters: { horizon: { values: { horizon_days: '28' } } },
  score_model: { name: 'mbg', reason: 'least_loss_on_newest_window' },
  facts: { people: { people: 120 } },
  warnings: [
    { code: 'receipt_outside_band', message: 'receipts: in 1 group the number of buyers left the band' },
    { code: 'heavy_customer', message: 'not of the predictions' },
  ],
  sources: { orders: {}, events: {} },
} as unknown as Manifest;

const DETAILS: NightDetails = {
  backtest: [],
  horizon: null,
  rfm: [],
  abstained: [{ score: 'churn', reason: 'no_purchase', people: 20 }],
};

function receipt(told: string, by: string, group: string, people: number, expected: number, actual: number): Receipt {
  return {
    kind: 'live',
    told_date: told,
    matured_date: '2026-03-31',
    horizon_days: 28,
    score_model: 'mbg',
    score_version: '0123456789abcdef',
    population: 'buyers',
    grouped_by: by,
    group_name: group,
    people,
    expected_buyers: expected,
    band_low: expected - 5,
    band_high: expected + 5,
    actual_buyers: actual,
    is_within_band: Math.abs(actual - expected) <= 5,
    calibration: expected === 0 ? null : actual / expected,
    lift: 1.5,
    expected_orders: null,
    actual_orders: null,
    expected_value: null,
    actual_value: null,
  };
}

const parameter = (
  model: string,
  part: string,
  name: string,
  value: number | null,
  text: string | null = null,
): ScoreParameter => ({
  population: 'buyers',
  model,
  part,
  name,
  value,
  text,
});

const PREDICTIONS: Predictions = {
  tonight: [
    { population: 'buyers', churn_tier: 'high', purchase_likelihood: 'unlikely', people: 60, expected_buyers: 12.4 },
    { population: 'buyers', churn_tier: 'low', purchase_likelihood: 'likely', people: 40, expected_buyers: 28.2 },
    { population: 'buyers', churn_tier: null, purchase_likelihood: 'ineligible', people: 3, expected_buyers: null },
  ],
  receipts: [
    receipt('2026-03-02', 'all', 'all', 100, 40, 38),
    receipt('2026-03-03', 'decile', '10', 10, 1, 0),
    receipt('2026-03-03', 'decile', '2', 10, 6, 5),
    receipt('2026-03-03', 'decile', '1', 10, 8, 10),
    receipt('2026-03-03', 'all', 'all', 100, 40, 50),
    receipt('2026-03-03', 'churn_tier', 'high', 50, 10, 12),
    receipt('2026-03-03', 'churn_tier', 'low', 50, 30, 38),
  ],
  parameters: [
    parameter('mbg', 'judged', 'auc', 0.81234),
    parameter('mbg', 'judged', 'rows', 900),
    parameter('mbg', 'verdict', 'verdict', null, 'scores'),
    parameter('logistic', 'verdict', 'verdict', null, 'shop_too_small'),
    parameter('recency_only', 'judged', 'auc', 0.7),
    parameter('value', 'abstain', 'reason', null, 'too_few_repeat_customers'),
    parameter('score', 'cut', 'likely_from', 0.375),
    parameter('score', 'cut', 'likely_people', 1204),
    parameter('score', 'cut', 'likely_precision', 0.6125),
    parameter('score', 'cut', 'likely_recall', 0.5912),
  ],
};

const text = (predictions: Partial<Predictions> = {}, manifest: Partial<Manifest> = {}): string =>
  modelsReport(
    {
      shop: 'corner',
      manifest: { ...MANIFEST, ...manifest },
      details: DETAILS,
      predictions: { ...PREDICTIONS, ...predictions },
    },
    PAPER,
  );
const line = (report: string, start: string): string[] =>
  report
    .split('\n')
    .filter((each) => each.trimStart().startsWith(start))
    .map((each) => each.trim().replace(/ {2,}/g, ' | '));

test('tonight: what scores, who is expected, the tiers', () => {
  const report = text();
  expect(report).toContain('Predictions, to 2026-04-28');
  expect(report).toContain('of 100 people with a purchase 41 are expected to buy within 28 days; 40 are called likely');
  expect(report).toContain('scored by mbg: it lost least on the newest window whose outcome is known');
  expect(line(report, 'high churn risk')[0]).toMatch(/^high churn risk \| 60 \| 60\.0 % \| █+$/);
});

test('people without a purchase: who is expected to buy first, or why nobody can say', () => {
  const prospects = [
    { population: 'prospects', churn_tier: null, purchase_likelihood: 'unlikely', people: 70, expected_buyers: 6.6 },
    { population: 'prospects', churn_tier: null, purchase_likelihood: 'likely', people: 10, expected_buyers: 5.1 },
    { population: 'prospects', churn_tier: null, purchase_likelihood: 'ineligible', people: 4, expected_buyers: null },
  ];
  const parameters = [
    { ...parameter('logistic', 'judged', 'auc', 0.61), population: 'prospects' },
    { ...parameter('logistic', 'verdict', 'verdict', null, 'not_better_than_recency_only'), population: 'prospects' },
    { ...parameter('recency_only', 'judged', 'auc', 0.62), population: 'prospects' },
  ];
  const told = text(
    { tonight: [...PREDICTIONS.tonight, ...prospects], parameters: [...PREDICTIONS.parameters, ...parameters] },
    { prospect_model: { name: 'logistic', reason: 'least_loss_on_newest_window' } },
  );
  expect(told).toContain('of 100 people with a purchase 41 are expected');
  expect(told.replace(/\s+/g, ' ')).toContain(
    'of 80 people without a purchase 12 are expected to buy for the first time within 28 days; 10 are called likely scored by logistic: it lost',
  );
  expect(told).toContain('How the models were judged, on 900 people out of time');
  expect(line(told.slice(told.indexOf('How the model of first orders was judged')), 'recency_only')[0]).toContain(
    '0.6200',
  );
  const silent = text(
    { tonight: [{ ...(prospects[2] as (typeof prospects)[0]), people: 84 }] },
    {
      score_model: { name: null, reason: 'no_candidate' },
      prospect_model: { name: null, reason: 'too_few_positives' },
    },
  );
  expect(silent).toContain('no first orders foretold of 84 people: too few people bought to learn from');
  const unmapped = text(
    { tonight: [{ ...(prospects[2] as (typeof prospects)[0]), people: 84 }] },
    { prospect_model: { name: null, reason: 'history_too_short' }, sources: {} },
  );
  expect(unmapped).toContain('no first orders foretold of 84 people: no purchase yet, and no activity is mapped');
});

test('told and happened: one line a night, oldest first, with the trend of calibration', () => {
  const report = text();
  expect(line(report, '2026-03-0')).toEqual([
    '2026-03-02 | live | buyers | mbg | 100 | 40 | 38 | 95 % | within | – | –',
    '2026-03-03 | live | buyers | mbg | 100 | 40 | 50 | 125 % | above | 1.50 | 0.133',
  ]);
  expect(line(report, 'of told')[0]).toBe('of told | ▁█ | 95 % to 125 %');
});

test('the newest night by tenths in their order, by tier from low to high', () => {
  const report = text();
  expect(report).toContain('By tenths of the chance to buy, told on 2026-03-03, judged on 2026-03-31');
  const rows = report.split('\n');
  const tenths = rows.slice(rows.findIndex((row) => row.includes('By tenths')) + 2).slice(0, 3);
  expect(tenths.map((row) => row.trim().split(/ {2,}/).slice(0, 3))).toEqual([
    ['1', '10', '80.0 %'],
    ['2', '10', '60.0 %'],
    ['10', '10', '10.0 %'],
  ]);
  expect(report.indexOf('\n  low ')).toBeLessThan(report.indexOf('\n  high '));
});

test('which fit the night used, where it has one', () => {
  const fit = { id: '3702ce9cec3a0088', as_of_date: '2026-03-02', provisional: false, prefix: 'p/', values: {} };
  const parameters = { ...MANIFEST.parameters, score_parameters: { ...fit, inherited: true } };
  expect(text({}, { parameters }).split('\n')[1]).toBe('fit 3702ce9cec3a0088, as of 2026-03-02');
  expect(text()).not.toContain('as of 2026-03-02');
});

test('a cut that nobody reaches has no precision and is not told', () => {
  const parameters = PREDICTIONS.parameters.filter(({ name }) => name !== 'likely_precision');
  expect(text({ parameters })).not.toContain('called likely there');
});

test('how models were judged: candidates with their verdicts before baselines', () => {
  const report = text();
  expect(report).toContain('How the models were judged, on 900 people out of time');
  expect(line(report, 'mbg')[0]).toMatch(/^mbg \| 0\.8123 .* \| scores$/);
  expect(line(report, 'logistic')[0]).toMatch(/shop too small$/);
  expect(line(report, 'recency_only')[0]).toMatch(/^recency_only \| 0\.7000 .* \| baseline$/);
  expect(report.replace(/\s+/g, ' ')).toContain(
    'likely from a chance of 37.5 %: of 1,204 people called likely there 61.3 % bought; 59.1 % of the buyers were among them',
  );
  expect(report).toContain('the value of an order: none, too few people had bought again by the fit');
});

test('what abstains, and warnings of predictions only', () => {
  const report = text();
  expect(report).toContain('no churn risk for 20 people: no purchase yet');
  expect(report).toContain('! receipts: in 1 group the number of buyers left the band');
  expect(report).not.toContain('not of the predictions');
});

test('a shop without scores and receipts is told why', () => {
  const report = text(
    { tonight: [], receipts: [], parameters: [] },
    { score_model: { name: null, reason: 'history_too_short' }, warnings: [] },
  );
  expect(report).toContain('none: the history is too short to judge a model out of time');
  expect(report).toContain('nothing yet: what a night tells is judged once its horizon has passed');
  expect(report).not.toContain('NaN');
});

test('nights of more than a screen are the last ones, and the whole number is told', () => {
  const receipts = Array.from({ length: 20 }, (_, index) =>
    receipt(`2026-03-${String(index + 1).padStart(2, '0')}`, 'all', 'all', 10, 5, 5),
  );
  const report = text({ receipts });
  expect(report).toContain('the last 14 of 20');
  expect(line(report, '2026-03-')).toHaveLength(14);
  expect(line(report, '2026-03-')[0]).toContain('2026-03-07');
});

test('a back-test of the day stands before what was told live, and is marked', () => {
  const receipts = [
    receipt('2026-03-03', 'all', 'all', 10, 5, 5),
    { ...receipt('2026-03-03', 'all', 'all', 9, 5, 5), kind: 'backtest' as const },
  ];
  expect(toldNights(receipts).map(({ all }) => [all.kind, all.people])).toEqual([
    ['backtest', 9],
    ['live', 10],
  ]);
});

test('the calibration error is the mean distance over people; none without people', () => {
  expect(
    calibrationError([receipt('d', 'decile', '1', 30, 15, 12), receipt('d', 'decile', '2', 10, 1, 2)]),
  ).toBeCloseTo(0.1, 12);
  expect(calibrationError([])).toBeNull();
});

test('a sparkline goes from the least to the greatest, blank where nothing is known', () => {
  expect(sparkline([0, 5, 10, null])).toBe('▁▅█ ');
  expect(sparkline([2, 2])).toBe('▄▄');
});
