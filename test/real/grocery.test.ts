import { boughtShares, expectNight, expectShares, stagesOutOfOrder } from './expect-night';
import { describeReal, grocery } from './raw-shops';
import { realNight } from './real-night';

describeReal('Grocery: dates and customers only', () => {
  it('agrees with a calculation by hand, and abstains about money', async () => {
    const night = await realNight('grocery');
    const shop = grocery();
    expect([shop.rows, shop.customers]).toEqual([10483, 1525]);
    const found = expectNight(night, shop, false);
    expect(found.horizon).toBe(found.horizonByRule);
    expect(found.counts).toMatchObject({ people: 1525, orders: 10483, first: '2006-01-01', last: '2007-12-30' });
    expect(stagesOutOfOrder(night)).toEqual([]);
    const reasons = new Set(night.tables.people?.map((row) => row.value_abstain_reason));
    expect([...reasons]).toEqual(['no_amounts']);
  }, 60_000);

  it('finds with a horizon of 91 days that later stages buy less', async () => {
    const night = await realNight('grocery', '2007-09-29', 91);
    expectNight(night, grocery(), false);
    expect(stagesOutOfOrder(night)).toEqual([]);
    // Measured by hand: repeat .74, .42, .07 and one-time lapsed .01, with those back from a silence counted as active.
    expectShares(boughtShares(night), {
      'one-time lapsed': 0.01,
      'repeat active': 0.74,
      'repeat at_risk': 0.42,
      'repeat lapsed': 0.07,
    });
  }, 60_000);
});
