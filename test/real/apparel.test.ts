import { expectNight, stagesOutOfOrder } from './expect-night';
import { apparel, describeReal } from './raw-shops';
import { realNight } from './real-night';

describeReal('Apparel, two versions', () => {
  it.each([
    {
      example: 'apparel',
      file: 'apparel/apparelTrans.csv',
      rows: 3187,
      customers: 600,
      net_cents: 12435690,
      last: '2010-12-20',
    },
    {
      example: 'apparel-250',
      file: 'apparel-250/apparelTrans_2020.csv',
      rows: 2353,
      customers: 250,
      net_cents: 8813913,
      last: '2006-07-16',
    },
  ])(
    '$example agrees with a calculation by hand',
    async ({ example, file, rows, customers, net_cents, last }) => {
      const night = await realNight(example);
      const shop = apparel(file);
      expect([shop.rows, shop.customers]).toEqual([rows, customers]);
      const found = expectNight(night, shop);
      expect(found.horizon).toBe(found.horizonByRule);
      expect(found.counts).toMatchObject({ net_cents, last });
      expect(stagesOutOfOrder(night)).toEqual([]);
    },
    60_000,
  );
});
