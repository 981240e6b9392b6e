import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type ProjectFile, projectFileSchema } from '../../src/core/project-file';
import { SOURCE_NAMES, SOURCES, type SourceContract } from '../../src/core/sources/contract';
import type { DemoTotals } from '../../src/demo/demo-totals';
import { writeDemoShop } from '../../src/demo/write-demo-shop';
import { ShopReader } from './shop-reader';

const root = mkdtempSync(join(tmpdir(), 'tidemark-demo-'));
const shop = (name: string): string => join(root, name);
const totals: Record<string, DemoTotals> = {};
let reader: ShopReader;

beforeAll(async () => {
  reader = await ShopReader.open();
  totals.one = await writeDemoShop({ dir: shop('one'), customers: 5000, seed: 1 });
}, 120_000);

afterAll(() => {
  reader.close();
  rmSync(root, { recursive: true, force: true });
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
      const counted = await reader.connection.runAndReadAll(
        `select count(*) from (select ${expressions.join(', ')} from ${files})`,
      );
      expect([name, Number(counted.getRows()[0]?.[0])]).toEqual([name, totals.one?.rows[name]]);
      expect([name, totals.one?.rows[name]]).not.toEqual([name, 0]);
      for (const [column, mapping] of Object.entries(source?.columns ?? {})) {
        if (typeof mapping === 'string' || !('values' in mapping)) continue;
        const known = Object.keys(mapping.values ?? {}).map((value) => `'${value}'`);
        const unmapped = await reader.numberOf(
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
    expect(await reader.numberOf(shop('one'), sql)).toBe(0);
  });

  it('hold machine opens, late rows within and beyond the allowance, strangers and placeholders', async () => {
    expect(
      await reader.numberOf(shop('one'), `select count(*) from {data/campaign-events-*.parquet} where by_robot`),
    ).toBeGreaterThan(100);
    expect(
      await reader.numberOf(
        shop('one'),
        `select count(*) from {data/orders-*.parquet} where booked > created + interval 8 day`,
      ),
    ).toBeGreaterThan(1);
    expect(
      await reader.numberOf(shop('one'), `select count(*) from {data/events-*.parquet} where visitor like 'v%'`),
    ).toBeGreaterThan(100);
    expect(
      await reader.numberOf(
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
    const first = await reader.contentHashes(small);
    writeFileSync(join(small, 'segments', 'mine.yml'), 'name: Mine\n');
    writeFileSync(join(small, 'data', 'left-over.parquet'), '');
    await writeDemoShop({ dir: small, customers: 400, seed: 5 });
    expect(await reader.contentHashes(small)).toEqual(first);
    expect(existsSync(join(small, 'segments', 'mine.yml'))).toBe(true);
    expect(readdirSync(small).sort()).toEqual(['.tidemark-demo.json', 'data', 'segments', 'tidemark.yml', 'truth']);
    await writeDemoShop({ dir: small, customers: 400, seed: 6 });
    expect(await reader.contentHashes(small)).not.toEqual(first);
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
});
