import type { Column } from '../../../src/core/models/sidecar';

const field = (name: string, type: string, more: Partial<Column> = {}): Column => ({
  name,
  type,
  description: name,
  segmentable: true,
  ...more,
});

/** A small profile with every column type, a fixed set of values and a column that needs an optional source. */
export const FIELDS: Column[] = [
  field('recency_days', 'bigint'),
  field('purchase_days', 'bigint'),
  field('order_count', 'integer'),
  field('spend_amount', 'decimal(18,2)'),
  field('overdue_ratio', 'double'),
  field('m_score', 'integer'),
  field('value_tier', 'varchar'),
  field('lifecycle_stage', 'varchar', { values: ['prospect', 'new', 'reactivated', 'active', 'at_risk', 'lapsed'] }),
  field('first_order_date', 'date'),
  field('last_order_date', 'date'),
  field('is_business', 'boolean'),
  field('visits_30d', 'bigint', { needs: 'events' }),
  field('new_arrival_share', 'double', { needs: ['order_lines', 'products'] }),
  field('worth_contacting', 'boolean', { needs: 'contact' }),
  { name: 'customer_id', type: 'varchar', description: 'The key.', segmentable: false },
];
