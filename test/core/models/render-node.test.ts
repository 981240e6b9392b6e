import { renderNode } from '../../../src/core/models/render-node';
import { model, modelSet } from './model';

const ref = (name: string): string => `select * from {{ ref('${name}') }}`;
const INLINE = { materialised: 'inline' };

describe('rendered with what it stands on', () => {
  const leaves = {
    table: (id: string) => `table:${id}`,
    published: (target: { name: string }, by: string) => `${by}:${target.name}`,
    source: (name: string) => `select * from source:${name}`,
    param: (name: string, asOf: string) => `${name}=${asOf}`,
  };
  const models = modelSet(
    model('stg', 'staging', "select * from {{ source('orders') }}"),
    model('days', 'rollups', ref('stg')),
    model('people', 'features', `select {{ param('as_of') }} from {{ ref('days') }}`, INLINE),
    model('orders', 'features', ref('people')),
    model('stage', 'scores', "select * from {{ ref('orders') }} join {{ ref('people') }} on {{ param('run_date') }}"),
    model(
      'test',
      'scores',
      "from {{ ref('stage@backtest_date') }} {{ ref('stage') }} {{ ref('people@frozen_date') }} {{ ref('test@base') }} {{ ref('test@told') }}",
    ),
  );
  const text = (name: string, asOf: 'run_date' | 'backtest_date' = 'run_date'): string => {
    const found = models.get(name);
    if (!found) throw new Error(name);
    return renderNode(models, found, asOf, leaves).replace(/\s+/g, ' ');
  };

  test('puts sources and inline models in as subqueries', () => {
    expect(text('stg')).toBe('select * from ( select * from source:orders )');
    expect(text('orders')).toBe('select * from ( select as_of=run_date from table:days )');
  });

  test('keeps the date of the question inside, unless another is named', () => {
    expect(text('orders', 'backtest_date')).toBe('select * from ( select as_of=backtest_date from table:days )');
    expect(text('stage', 'backtest_date')).toContain(
      'table:orders@backtest_date join ( select as_of=backtest_date from table:days )',
    );
    expect(text('test')).toBe(
      'from table:stage@backtest_date table:stage ( select as_of=frozen_date from table:days ) base:test told:test',
    );
  });
});
