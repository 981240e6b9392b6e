import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DemoTotals } from '../../src/demo/demo-totals';
import { formatDemoTotals } from '../../src/demo/format-demo-totals';
import { writeDemoShop } from '../../src/demo/write-demo-shop';
import { ShopReader } from './shop-reader';

const CUSTOMERS = 5000;
const root = mkdtempSync(join(tmpdir(), 'tidemark-demo-'));
const shop = (name: string): string => join(root, name);
const totals: Record<string, DemoTotals> = {};
let reader: ShopReader;

beforeAll(async () => {
  reader = await ShopReader.open();
  totals.one = await writeDemoShop({ dir: shop('one'), customers: CUSTOMERS, seed: 1 });
  totals.two = await writeDemoShop({ dir: shop('two'), customers: CUSTOMERS, seed: 2 });
}, 120_000);

afterAll(() => {
  reader.close();
  rmSync(root, { recursive: true, force: true });
});

describe.each(['one', 'two'])('the totals of shop %s', (name) => {
  const bounds: [string, (found: DemoTotals) => number, number, number][] = [
    ['one-time buyers', (found) => found.oneTimeShare, 0.55, 0.65],
    ['revenue of the top fifth', (found) => found.topFifthRevenueShare, 0.55, 0.7],
    ['revenue of the last quarter of the year', (found) => found.lastQuarterRevenueShare, 0.3, 0.4],
    ['guest orders', (found) => found.guestOrderShare, 0.23, 0.27],
    ['e-mail consent', (found) => found.emailConsentShare, 0.57, 0.63],
    ['orders a customer, guests included', (found) => found.orders / found.customers, 5.4, 6.6],
    ['late orders', (found) => found.lateOrderShare, 0.02, 0.04],
    ['orders that are no purchase', (found) => found.notAPurchaseShare, 0.001, 0.01],
    ['other currencies', (found) => found.otherCurrencyShare, 0.00001, 0.001],
    ['repeated rows', (found) => found.repeatedRows / found.orders, 0.003, 0.008],
    ['superseded rows', (found) => found.supersededRows / found.orders, 0.001, 0.005],
    ['merged identities', (found) => found.mergedIdentities / found.customers, 0.01, 0.03],
    ['time zones', (found) => found.timeZones, 4, 7],
    ['the stock-out week', (found) => found.stockOut.ratio, 0, 0.5],
    ['returns in fashion', (found) => returnShare(found, 'fashion'), 0.23, 0.27],
    ['returns in food', (found) => returnShare(found, 'food'), 0.012, 0.028],
  ];
  it.each(bounds)('%s', (_, measure, low, high) => {
    const value = measure(totals[name] as DemoTotals);
    expect(value).toBeGreaterThanOrEqual(low);
    expect(value).toBeLessThanOrEqual(high);
  });

  it('the experiment shows its planted lift within three standard errors', () => {
    const { treated, control, treatedShare, controlShare, lift, plantedLift } = (totals[name] as DemoTotals).experiment;
    const error = Math.sqrt(
      (treatedShare * (1 - treatedShare)) / treated + (controlShare * (1 - controlShare)) / control,
    );
    // What the lot adds helps only those who would not have bought anyway.
    expect(Math.abs(lift - plantedLift * (1 - controlShare))).toBeLessThan(3 * error);
    expect(lift).toBeGreaterThan(2 * error);
  });

  it('covers three years to the last day, one order on the morning after', () => {
    expect(totals[name]?.lastDay).toBe('2026-11-14');
    expect(totals[name]?.firstDay).toMatch(/^2023-11-1[45]$/);
    return expect(
      reader.numberOf(
        shop(name),
        `select date_diff('day', date '2026-11-14', max(created::date)) from {data/orders-*.parquet}`,
      ),
    ).resolves.toBe(1);
  });
});

const returnShare = (found: DemoTotals, name: string): number =>
  found.departments.find(({ department }) => department === name)?.returnShare ?? Number.NaN;

describe('what was planted', () => {
  it('has as many decoys as carriers of every persona, and every carrier keeps its rule', async () => {
    expect(totals.one?.personas).toHaveLength(11);
    for (const found of totals.one?.personas ?? []) {
      expect(found).toMatchObject({ carriers: CUSTOMERS / 200, decoys: CUSTOMERS / 200 });
    }
    for (const { persona } of totals.one?.personas ?? []) {
      const sql = `select count(*) from {truth/truth-*.parquet} where persona = '${persona}' and not rule_holds_${persona}`;
      expect([persona, await reader.numberOf(shop('one'), sql)]).toEqual([persona, 0]);
    }
  });

  it.each(['one', 'two'])('fails exactly the condition it names, in shop %s', async (name) => {
    const wrong = `select count(*) from {truth/truth-*.parquet} as truth
      join {truth/conditions-*.parquet} as conditions on conditions.customer_id = truth.customer_id
      where conditions.holds = (truth.decoy_of is not null and conditions.condition = truth.fails)`;
    expect(await reader.numberOf(shop(name), wrong)).toBe(0);
    const conditions = await reader.numberOf(
      shop(name),
      `select count(distinct (decoy_of, fails)) from {truth/truth-*.parquet} where decoy_of is not null`,
    );
    expect(conditions).toBe(37);
  });

  it('is hidden by noise, so that the written rows alone give neither rule nor attribute away', async () => {
    const missing = await reader.numberOf(
      shop('one'),
      `select avg((sex is null)::integer) from {data/customers-*.parquet}`,
    );
    expect(missing).toBeCloseTo(0.2, 1);
    const browsed = await reader.numberOf(
      shop('one'),
      `select count(distinct customer_id) from {truth/truth-*.parquet} where persona = 'churned_shoe_lover' and customer_id in (
        select visitor from {data/events-*.parquet} as events join {data/products.parquet} as products using (article)
        where products.path = 'Shoes > Running')`,
    );
    expect(browsed).toBeGreaterThan(CUSTOMERS / 200 - 6);
  });
});

describe('formatDemoTotals', () => {
  it('says its totals to a person', () => {
    const text = formatDemoTotals(totals.one as DemoTotals);
    expect(text).toContain('buy once only');
    expect(text).toContain('churned_shoe_lover');
    expect(text).not.toMatch(/NaN|undefined|null/);
  });
});
