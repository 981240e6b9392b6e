import { tableAt, tablesRead, unloadText, writtenBy } from '../../../src/engines/athena/write';

const SETTINGS = { bucket: 'shop-tidemark', prefix: 't/', database: 'tidemark', workgroup: 'nightly' };

test('a text tells where it writes, whatever its SELECT holds', () => {
  const sql = `select 1 as a -- ') TO 's3://elsewhere/' WITH\n`;
  const text = unloadText(sql, 'tables/people__frozen/v1/r/1/', SETTINGS);
  expect(writtenBy(text, SETTINGS)).toBe('tables/people__frozen/v1/r/1/');
  expect(tableAt('tables/people__frozen/v1/r/1/')).toBe('people__frozen');
  expect(writtenBy(text, { ...SETTINGS, bucket: 'other' })).toBeUndefined();
  expect(writtenBy(sql, SETTINGS)).toBeUndefined();
  expect(tableAt('exports/x/')).toBeUndefined();
});

test('which tables a text reads, without what stands in values and comments', () => {
  const sql = `with a as (select * from "shop"."orders" where note = 'from jane.doe') -- from x.y
    select * from a join awsdatacatalog.shop.refunds on true JOIN tidemark.people using (id) cross join "shop"."orders"`;
  expect(tablesRead(sql)).toEqual(['shop.orders', 'shop.refunds', 'tidemark.people']);
  expect(tablesRead(`select 'it''s from a.b' as "from c.d"`)).toEqual([]);
});
