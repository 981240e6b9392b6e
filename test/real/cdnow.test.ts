import { boughtShares, expectNight, expectShares, stagesOutOfOrder } from './expect-night';
import { cdnow, describeReal } from './raw-shops';
import { realNight } from './real-night';

describeReal('CDNOW: the gzipped, space-aligned master file', () => {
  it('agrees with a calculation by hand over the raw lines', async () => {
    const night = await realNight('cdnow');
    const shop = cdnow();
    // 68 customers only ever have lines of 0.00 dollars: they have bought nothing.
    expect([shop.rows, shop.customers, night.manifest.sources.orders?.rows]).toEqual([69659, 23570, 69659]);
    const found = expectNight(night, shop);
    expect(found.horizon).toBe(found.horizonByRule);
    expect(found.counts).toMatchObject({
      people: 23502,
      net_cents: 250031563,
      first: '1997-01-01',
      last: '1998-06-30',
    });
    expect(stagesOutOfOrder(night)).toEqual([]);
    expectShares(boughtShares(night), {
      'one-time lapsed': 0.03,
      'repeat active': 0.47,
      'repeat at_risk': 0.23,
      'repeat lapsed': 0.09,
    });
  }, 60_000);
});
