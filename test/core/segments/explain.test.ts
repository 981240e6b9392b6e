import { explainSegment } from '../../../src/core/segments/explain';
import { OPERATORS } from '../../../src/core/segments/operators';
import { segment } from './support';

it.each([
  [{ field: 'recency_days', at_most: 30 }, 'recency days is at most 30'],
  [{ field: 'spend_amount', between: [10, 20.5] }, 'spend amount is between 10 and 20.5'],
  [{ field: 'value_tier', any_of: ['top', 'high', 'middle'] }, 'value tier is top, high or middle'],
  [{ field: 'value_tier', none_of: ['low'] }, 'value tier is none of low'],
  [{ field: 'first_order_date', within_days: 1 }, 'first order date is within the last 1 day'],
  [{ field: 'lapsed_from', within_next_days: 30 }, 'lapsed from is within the next 30 days'],
  [{ field: 'overdue_ratio', known: false }, 'overdue ratio is not known'],
  [{ field: 'value_tier', is: '{from} $& {x}' }, 'value tier is {from} $& {x}'],
  [{ all: [{ field: 'order_count', is: 1 }] }, 'order count is 1'],
  [
    {
      all: [
        { field: 'order_count', is: 1 },
        { any: [{ segment: 'vips' }, { not: { field: 'is_business', is: true } }] },
      ],
    },
    'order count is 1 and (the segment vips holds them or it is not so that is business is true)',
  ],
])('%j reads as a sentence', (when, clause) => {
  expect(explainSegment(segment('one', when))).toBe(`Customers for whom ${clause}.`);
});

it('has a phrase for every operator', () => {
  for (const table of Object.values(OPERATORS)) {
    for (const facts of Object.values(table)) expect(facts.phrase).toMatch(/^is .*\{(x|from)\}/);
  }
});
