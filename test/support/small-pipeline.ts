import type { Definitions } from '../../src/core/definitions';
import type { Model } from '../../src/core/models/model';
import { type Sidecar, sidecarSchema } from '../../src/core/models/sidecar';
import { canonicalJson, sha256 } from '../../src/core/run';

const ORDERS = `with

final as (
  select
    customer_id,
    ordered_date as order_date,
    amount
  from {{ source('orders') }} as orders
  where ordered_date <= {{ param('run_date') }} and customer_id is not null
)

select * from final
`;

const DAYS = `with

final as (
  select
    customer_id,
    order_date as day,
    cast(date_trunc('month', order_date) as date) as month,
    cast(count(*) as bigint) as order_count,
    cast(sum(amount) as decimal(18,4)) as spend_amount
  from {{ ref('stg_orders') }} as stg_orders
  group by customer_id, order_date
)

select * from final
`;

const PEOPLE = `with

buyers as (
  select
    customer_id,
    sum(order_count) as order_count,
    sum(spend_amount) as spend_amount
  from {{ ref('purchase_days') }} as purchase_days
  group by customer_id
),

final as (
  select
    customer_id as id,
    {{ param('run_date') }} as run_date,
    cast(order_count as bigint) as order_count,
    cast(spend_amount as decimal(18,4)) as spend_amount
  from buyers
)

select * from final
`;

const CHANGES = `with

now_people as (
  select
    id,
    order_count
  from {{ ref('people') }} as people
),

base_people as (
  select
    id,
    order_count
  from {{ ref('people@base') }} as people
),

final as (
  select
    now_people.id,
    {{ param('run_date') }} as run_date,
    cast(now_people.order_count - coalesce(base_people.order_count, 0) as bigint) as more_orders
  from now_people
  left join base_people on base_people.id = now_people.id
  where now_people.order_count <> coalesce(base_people.order_count, 0)
)

select * from final
`;

const column = (name: string, type: string) => ({ name, type, description: name });
const AMOUNT = column('spend_amount', 'decimal(18,4)');
const COUNT = column('order_count', 'bigint');

type Described = Pick<Sidecar, 'unique_key'> & { columns: ReturnType<typeof column>[] } & Partial<
    Pick<Sidecar, 'public' | 'facts'>
  >;

function model(layer: Model['layer'], name: string, sql: string, described: Described): Model {
  const sidecar = sidecarSchema.parse({ description: `Rows of ${name}.`, materialised: 'table', ...described });
  return { name, layer, sql, sidecar, file: `${name}.sql` };
}

const ofPeople = (...columns: Described['columns']): Described => ({
  unique_key: ['id'],
  public: true,
  columns: [column('id', 'varchar'), column('run_date', 'date'), ...columns],
});

const MODELS = [
  model('staging', 'stg_orders', ORDERS, {
    unique_key: [],
    columns: [column('customer_id', 'varchar'), column('order_date', 'date'), column('amount', 'decimal(18,4)')],
    facts: { watermark: 'cast(max(t.order_date) as varchar)' },
  }),
  model('rollups', 'purchase_days', DAYS, {
    unique_key: ['customer_id', 'day'],
    columns: [column('customer_id', 'varchar'), column('day', 'date'), column('month', 'date'), COUNT, AMOUNT],
  }),
  model('snapshots', 'people', PEOPLE, ofPeople(COUNT, AMOUNT)),
  model('snapshots', 'changes', CHANGES, ofPeople(column('more_orders', 'bigint'))),
];

/**
 * A table of every layer that a night writes, the last of them a difference to base: a pipeline with every kind of step,
 * whose statements are planned and run in no time on any engine.
 */
export function smallPipeline(definitions: Definitions): Definitions {
  const models = new Map(MODELS.map((each) => [each.name, each]));
  return { ...definitions, models, hash: sha256(canonicalJson([definitions.hash, MODELS.map(({ sql }) => sql)])) };
}
