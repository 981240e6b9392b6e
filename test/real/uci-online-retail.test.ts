import { boughtShares, expectNight, expectShares, stagesOutOfOrder } from './expect-night';
import { describeReal, type RawShop, uci } from './raw-shops';
import { realNight } from './real-night';

describeReal('UCI online retail: orders made from invoice lines', () => {
  let whole: RawShop;
  beforeAll(() => {
    whole = uci();
  });

  it('agrees with a calculation by hand over the raw lines', async () => {
    const night = await realNight('uci-online-retail');
    expect(night.manifest.run_date).toBe('2011-12-08');
    expect([whole.rows, whole.customers, night.manifest.sources.order_lines?.rows]).toEqual([541909, 4372, 541909]);
    const found = expectNight(night, whole);
    expect(found.horizon).toBe(found.horizonByRule);
    expect(found.counts).toMatchObject({ people: 4333, orders: 18361 });
  }, 60_000);

  it('finds with a horizon of 91 days that later stages buy less', async () => {
    const night = await realNight('uci-online-retail', '2011-12-09', 91);
    expectNight(night, whole);
    expect(stagesOutOfOrder(night)).toEqual([]);
    // Measured by hand with curves as of 2011-09-09: .45, .32 and .74, .54. The curves here are those of the quarter,
    // three weeks younger, which puts the line between active and at risk later.
    expectShares(boughtShares(night), {
      'one-time active': 0.45,
      'one-time at_risk': 0.32,
      'repeat active': 0.74,
      'repeat at_risk': 0.54,
    });
  }, 60_000);
});
