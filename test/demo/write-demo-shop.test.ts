import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { parse } from 'yaml';
import { type ProjectFile, projectFileSchema } from '../../src/core/project-file';
import { SOURCE_NAMES, SOURCES, type SourceContract } from '../../src/core/sources/contract';
import type { DemoTotals } from '../../src/demo/demo-totals';
import { formatDemoTotals } from '../../src/demo/format-demo-totals';
import { writeDemoShop } from '../../src/demo/write-demo-shop';

const CUSTOMERS = 5000;
const root = mkdtempSync(join(tmpdir(), 'tidemark-demo-'));
const shop = (name: string): string => join(root, name);
const totals: Record<string, DemoTotals> = {};
let connection: DuckDBConnection;

/** One number of a query in which {name} stands for the files of that glob under the shop's folder. */
async function numberOf(dir: string, sql: string): Promise<number> {
  const text = sql.replace(/\{([^}]+)\}/g, (_, glob: string) => `read_parquet('${join(dir, glob)}')`);
  return Number((await connection.runAndReadAll(text)).getRows()[0]?.[0]);
}

async function contentHash(dir: string): Promise<string[]> {
  const hashes: string[] = [];
  for (const folder of ['data', 'truth']) {
    for (const name of readdirSync(join(dir, folder)).sort()) {
      const path = join(dir, folder, name);
      const reader = await connection.runAndReadAll(
        `select md5(string_agg(line, chr(10) order by line)) from (select md5(files::varchar) as line from '${path}' as files)`,
      );
      hashes.push(`${folder}/${name} ${String(reader.getRows()[0]?.[0])}`);
    }
  }
  return hashes;
}

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  totals.one = await writeDemoShop({ dir: shop('one'), customers: CUSTOMERS, seed: 1 });
  totals.two = await writeDemoShop({ dir: shop('two'), customers: CUSTOMERS, seed: 2 });
}, 120_000);

afterAll(() => {
  connection.closeSync();
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
      numberOf(
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
      expect([persona, await numberOf(shop('one'), sql)]).toEqual([persona, 0]);
    }
  });

  it.each(['one', 'two'])('fails exactly the condition it names, in shop %s', async (name) => {
    const wrong = `select count(*) from {truth/truth-*.parquet} as truth
      join {truth/conditions-*.parquet} as conditions on conditions.customer_id = truth.customer_id
      where conditions.holds = (truth.decoy_of is not null and conditions.condition = truth.fails)`;
    expect(await numberOf(shop(name), wrong)).toBe(0);
    const conditions = await numberOf(
      shop(name),
      `select count(distinct (decoy_of, fails)) from {truth/truth-*.parquet} where decoy_of is not null`,
    );
    expect(conditions).toBe(37);
  });

  it('is hidden by noise, so that the written rows alone give neither rule nor attribute away', async () => {
    const missing = await numberOf(shop('one'), `select avg((sex is null)::integer) from {data/customers-*.parquet}`);
    expect(missing).toBeCloseTo(0.2, 1);
    const browsed = await numberOf(
      shop('one'),
      `select count(distinct customer_id) from {truth/truth-*.parquet} where persona = 'churned_shoe_lover' and customer_id in (
        select visitor from {data/events-*.parquet} as events join {data/products.parquet} as products using (article)
        where products.path = 'Shoes > Running')`,
    );
    expect(browsed).toBeGreaterThan(CUSTOMERS / 200 - 6);
  });
});

describe('the written files', () => {
  let project: ProjectFile;
  beforeAll(() => {
    project = projectFileSchema.parse(parse(readFileSync(join(shop('one'), 'tidemark.yml'), 'utf8')));
  });

  it('are mapped for every source, required columns and all', async () => {
    expect(Object.keys(project.sources).sort()).toEqual([...SOURCE_NAMES].sort());
    for (const name of SOURCE_NAMES) {
      const source = project.sources[name];
      const contract: SourceContract = SOURCES[name];
      const files = `read_parquet('${join(shop('one'), String(source?.from))}')`;
      const expressions = Object.entries(source?.columns ?? {}).map(([column, mapping]) =>
        typeof mapping === 'string'
          ? `"${mapping}" as ${column}`
          : 'sql' in mapping
            ? `${mapping.sql} as ${column}`
            : `"${mapping.column}" as ${column}`,
      );
      for (const [column, { required }] of Object.entries(contract)) {
        if (required)
          expect([name, Object.keys(source?.columns ?? {})]).toEqual([name, expect.arrayContaining([column])]);
      }
      const reader = await connection.runAndReadAll(
        `select count(*) from (select ${expressions.join(', ')} from ${files})`,
      );
      expect([name, Number(reader.getRows()[0]?.[0])]).toEqual([name, totals.one?.rows[name]]);
      expect([name, totals.one?.rows[name]]).not.toEqual([name, 0]);
      for (const [column, mapping] of Object.entries(source?.columns ?? {})) {
        if (typeof mapping === 'string' || !('values' in mapping)) continue;
        const known = Object.keys(mapping.values ?? {}).map((value) => `'${value}'`);
        const unmapped = await numberOf(
          shop('one'),
          `select avg(("${mapping.column}" not in (${known.join(', ')}))::integer) from ${files}`,
        );
        expect([name, column, unmapped < 0.005]).toEqual([name, column, true]);
      }
    }
  });

  it.each([
    [
      'an order is worth its goods lines',
      `select count(*) from (select order_ref, any_value(total - shipping_fee - gift_cards) as amount from {data/orders-*.parquet} group by order_ref) as orders
      full join (select order_ref, sum(paid) as paid from {data/order-lines-*.parquet} where sort = 'article' group by order_ref) as lines using (order_ref)
      where amount is distinct from paid`,
    ],
    [
      'a refund names a line of its order and never more than its price',
      `select count(*) from {data/refunds-*.parquet} as refunds
      left join {data/order-lines-*.parquet} as lines using (order_ref, line) where refunds.line is not null and (lines.line is null or repaid > paid)`,
    ],
    [
      'a line names a product sold by then',
      `select count(*) from {data/order-lines-*.parquet} as lines left join {data/products.parquet} as products using (article)
      where sort = 'article' and (products.article is null or on_sale_from > booked::date)`,
    ],
    ['a line id is unique', `select count(*) - count(distinct line) from {data/order-lines-*.parquet}`],
    [
      'nothing was known before it happened or after the export',
      `select count(*) from {data/orders-*.parquet} where booked < created or changed > timestamp '2026-11-15 06:00' or booked > timestamp '2026-11-15 06:00'`,
    ],
    [
      'a canonical id is itself not merged',
      `select count(*) from {data/identities-*.parquet} where kept_id in (select old_id from {data/identities-*.parquet})`,
    ],
    ['nobody refers themselves', `select count(*) from {data/referrals-*.parquet} where by_whom = newcomer`],
    [
      'every customer has a pseudonym',
      `select count(*) from {data/customers-*.parquet} where id is null or length(id) <> 9 or id not similar to 'c[0-9]+'`,
    ],
    ['a customer has one row', `select count(*) - count(distinct id) from {data/customers-*.parquet}`],
    [
      'addresses are made up',
      `select count(*) from (select unnest(emails) as email from {data/customers-*.parquet}) where lower(email) not similar to '.*@example\\.(com|org)'`,
    ],
    [
      'mail goes to those who allowed it',
      `select count(*) from {data/campaign-events-*.parquet} where action = 'send' and recipient not in (select id from {data/consents-*.parquet} where what = 'newsletter' and said = 'yes')`,
    ],
    [
      'months and days are that',
      `select count(*) from {data/occasions-*.parquet} where day not similar to '[01][0-9]-[0-3][0-9]'`,
    ],
  ])('%s', async (_, sql) => {
    expect(await numberOf(shop('one'), sql)).toBe(0);
  });

  it('hold machine opens, late rows within and beyond the allowance, strangers and placeholders', async () => {
    expect(
      await numberOf(shop('one'), `select count(*) from {data/campaign-events-*.parquet} where by_robot`),
    ).toBeGreaterThan(100);
    expect(
      await numberOf(
        shop('one'),
        `select count(*) from {data/orders-*.parquet} where booked > created + interval 8 day`,
      ),
    ).toBeGreaterThan(1);
    expect(
      await numberOf(shop('one'), `select count(*) from {data/events-*.parquet} where visitor like 'v%'`),
    ).toBeGreaterThan(100);
    expect(
      await numberOf(
        shop('one'),
        `select count(distinct coalesce(buyer, '')) from {data/orders-*.parquet} where buyer is null or buyer in ('guest', 'till-3')`,
      ),
    ).toBe(3);
  });
});

describe('writing', () => {
  it('gives the same content for the same seed, another for another, and replaces an earlier demo whole', async () => {
    const small = shop('small');
    await writeDemoShop({ dir: small, customers: 400, seed: 5 });
    const first = await contentHash(small);
    writeFileSync(join(small, 'segments', 'mine.yml'), 'name: Mine\n');
    writeFileSync(join(small, 'data', 'left-over.parquet'), '');
    await writeDemoShop({ dir: small, customers: 400, seed: 5 });
    expect(await contentHash(small)).toEqual(first);
    expect(existsSync(join(small, 'segments', 'mine.yml'))).toBe(true);
    expect(readdirSync(small).sort()).toEqual(['.tidemark-demo.json', 'data', 'segments', 'tidemark.yml', 'truth']);
    await writeDemoShop({ dir: small, customers: 400, seed: 6 });
    expect(await contentHash(small)).not.toEqual(first);
  }, 60_000);

  it('works for one customer and on another last day', async () => {
    const found = await writeDemoShop({ dir: shop('tiny'), customers: 1, seed: 1, lastDay: '2024-02-29' });
    expect(found).toMatchObject({ customers: 1, lastDay: '2024-02-29' });
  });

  it('refuses a folder with other things in it, and leaves it alone', async () => {
    const other = mkdtempSync(join(root, 'other-'));
    writeFileSync(join(other, 'orders.csv'), 'mine');
    await expect(writeDemoShop({ dir: other, customers: 10, seed: 1 })).rejects.toMatchObject({
      name: 'DefinitionError',
      code: 'demo_dir_not_empty',
    });
    expect(readdirSync(other)).toEqual(['orders.csv']);
    await expect(writeDemoShop({ dir: join(other, 'orders.csv'), customers: 10, seed: 1 })).rejects.toMatchObject({
      code: 'demo_dir_unusable',
    });
  });

  it.each([
    [{ customers: 0 }],
    [{ customers: 1.5 }],
    [{ customers: 1e9 }],
    [{ seed: 0.5 }],
    [{ lastDay: '2026-02-30' }],
    [{ lastDay: "2026-01-01' or 1" }],
  ])('refuses the option %j', async (option) => {
    await expect(writeDemoShop({ dir: shop('never'), customers: 10, seed: 1, ...option })).rejects.toMatchObject({
      code: 'demo_option_invalid',
    });
    expect(existsSync(shop('never'))).toBe(false);
  });

  it('says its totals to a person', () => {
    const text = formatDemoTotals(totals.one as DemoTotals);
    expect(text).toContain('buy once only');
    expect(text).toContain('churned_shoe_lover');
    expect(text).not.toMatch(/NaN|undefined|null/);
  });
});
