import { createHash } from 'node:crypto';
import { type ModelDatabase, openModelDatabase } from '../support/model-database';
import { modelText } from '../support/model-text';

let database: ModelDatabase;
beforeAll(async () => {
  database = await openModelDatabase();
});
afterAll(() => database.close());

const BUYERS = 1000;
const SAMPLE = 200;

/** Whether a buyer is in the sample, by the rule itself: salted hash, 60 bits, parts per million. */
function isSampled(id: string): boolean {
  const digits = createHash('sha256').update(`rfm_cuts:${id}`).digest('hex').slice(0, 15);
  return (BigInt(`0x${digits}`) % 1000000n) * BigInt(BUYERS) < BigInt(SAMPLE) * 1000000n;
}

test('above the limit, cuts are made from a sample that only the ids decide', async () => {
  const buyers = Array.from({ length: BUYERS }, (_, index) => ({
    customer_id: `c${index}`,
    recency_days: index,
    rfm_purchase_days: 1,
    rfm_net_amount: 1,
    orders_365d: 0,
    net_amount_365d: 0,
  }));
  const { sql } = await modelText('rfm_cuts', { given: { 'customer_orders@frozen_date': buyers } });
  // The limit of 500,000 is too large for a test: the same text with a smaller one.
  const small = sql.replaceAll('500000000000', `${SAMPLE * 1000000}`).replaceAll('500000', `${SAMPLE}`);
  expect(sql).toMatch(/<= 500000 then true[\s\S]*< 500000000000\s/);
  const { rows } = await database.read(`select * from (\n${small}\n) as cuts where axis = 'recency' order by score`);

  const sampled = buyers.filter((buyer) => isSampled(buyer.customer_id)).map((buyer) => buyer.recency_days);
  expect(sampled.length).toBeGreaterThan(SAMPLE * 0.75);
  expect(sampled.length).toBeLessThan(SAMPLE * 1.25);
  // From worst to best; the value at which the share of the worse ones is reached.
  const worstFirst = [...sampled].sort((a, b) => b - a);
  const cut = (percent: number): string =>
    (-(worstFirst[Math.ceil((percent * sampled.length) / 100) - 1] as number)).toFixed(2);
  expect(rows.map((row) => [row.score, row.better_than, row.people])).toEqual(
    [20, 40, 60, 80].map((percent, index) => [index + 2, cut(percent), String(sampled.length)]),
  );
});
