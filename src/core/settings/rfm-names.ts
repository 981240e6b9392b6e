/**
 * Names of the 25 cells, as five rows for recency 5 to 1, each over the second score 1 to 5. The second score is frequency
 * for `grid`, and the mean of frequency and monetary value, half rounded up, for the other two.
 *
 * `grid` is the recency-then-frequency partition of most public notebooks. The eleven names come from a table of
 * overlapping ranges (20 of 25 cells match two or more), so precedence is part of the definition: each cell here holds one
 * of the names whose range covers it. `shopify` puts Shopify's names on the grid; its eleventh, prospects, is nobody here,
 * because RFM needs a purchase.
 */
export const RFM_NAMES = {
  grid: {
    second_axis: 'frequency',
    cells: [
      ['new_customers', 'potential_loyalists', 'potential_loyalists', 'champions', 'champions'],
      ['promising', 'potential_loyalists', 'potential_loyalists', 'loyal_customers', 'loyal_customers'],
      ['about_to_sleep', 'about_to_sleep', 'need_attention', 'loyal_customers', 'loyal_customers'],
      ['hibernating', 'hibernating', 'at_risk', 'at_risk', 'cant_lose'],
      ['hibernating', 'hibernating', 'at_risk', 'at_risk', 'cant_lose'],
    ],
  },
  eleven: {
    second_axis: 'mean',
    cells: [
      ['new', 'potential_loyalist', 'loyal', 'champions', 'champions'],
      ['new', 'potential_loyalist', 'loyal', 'champions', 'champions'],
      ['promising', 'need_attention', 'need_attention', 'loyal', 'loyal'],
      ['about_to_sleep', 'need_attention', 'need_attention', 'at_risk', 'at_risk'],
      ['lost', 'hibernating', 'at_risk', 'cant_lose', 'cant_lose'],
    ],
  },
  shopify: {
    second_axis: 'mean',
    cells: [
      ['new', 'active', 'active', 'champions', 'champions'],
      ['promising', 'active', 'active', 'loyal', 'loyal'],
      ['almost_lost', 'almost_lost', 'needs_attention', 'loyal', 'loyal'],
      ['dormant', 'dormant', 'at_risk', 'at_risk', 'previously_loyal'],
      ['dormant', 'dormant', 'at_risk', 'at_risk', 'previously_loyal'],
    ],
  },
} as const;
