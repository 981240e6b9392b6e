import type { Column } from '../../../src/core/models/sidecar';
import { segmentsMovedBy } from '../../../src/core/segments/moved';
import { segment } from './support';

const column = (name: string, moves_with?: string[]): Column => ({
  name,
  type: 'bigint',
  description: '-',
  segmentable: true,
  ...(moves_with && { moves_with }),
});
const FIELDS = [column('recency_days'), column('r_score', ['rfm_cuts']), column('lapsed', ['curves', 'thresholds'])];
const SEGMENTS = [
  segment('recent', { field: 'recency_days', at_most: 30 }),
  segment('scored', { any: [{ field: 'recency_days', at_most: 3 }, { not: { field: 'r_score', at_least: 4 } }] }),
  segment('gone', { field: 'lapsed', is: 1 }),
  segment('gone_or_recent', { any: [{ segment: 'recent' }, { segment: 'gone' }] }),
];

test.each([
  [[], []],
  [['rfm_cuts'], ['scored']],
  [['thresholds'], ['gone', 'gone_or_recent']],
  [
    ['curves', 'rfm_cuts'],
    ['gone', 'gone_or_recent', 'scored'],
  ],
  [['another'], []],
])('tables %j made anew move the segments %j', (tables, moved) => {
  expect([...segmentsMovedBy(tables, SEGMENTS, FIELDS)].sort()).toEqual(moved);
});
