import type { Definitions } from '../../src/core/definitions';
import type { Model } from '../../src/core/models/model';
import { placeholders } from '../../src/core/models/render';
import { type Sidecar, sidecarSchema } from '../../src/core/models/sidecar';
import { canonicalJson, sha256 } from '../../src/core/run';

const PEOPLE = `with

buyers as (
  select
    customer_id,
    sum(order_count) as order_count,
    sum(purchase_amount) as spend_amount
  from {{ ref('purchase_days') }} as purchase_days
  where
    coalesce(known_from, day) <= {{ param('run_date') }}
    and coalesce(counts_until, {{ param('run_date') }}) >= {{ param('run_date') }}
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

function model(name: string, sql: string, columns: ReturnType<typeof column>[]): Model {
  const sidecar: Sidecar = sidecarSchema.parse({
    description: 'One row a person.',
    materialised: 'table',
    unique_key: ['id'],
    public: true,
    columns: [column('id', 'varchar'), column('run_date', 'date'), ...columns],
  });
  return { name, layer: 'snapshots', sql, sidecar, file: `${name}.sql` };
}

/**
 * The product's own staging and rollup of orders, and two public tables over them, one of them a difference to base: a
 * pipeline with every kind of step, whose night takes seconds on any engine.
 */
export function smallPipeline(definitions: Definitions): Definitions {
  const kept = new Map<string, Model>();
  const keep = (name: string): void => {
    const found = definitions.models.get(name.split('@')[0] as string);
    if (!found || kept.has(found.name)) return;
    kept.set(found.name, found);
    for (const use of placeholders(found.sql)) if (use.kind === 'ref') keep(use.argument);
  };
  keep('purchase_days');
  const people = model('people', PEOPLE, [column('order_count', 'bigint'), column('spend_amount', 'decimal(18,4)')]);
  const changes = model('changes', CHANGES, [column('more_orders', 'bigint')]);
  for (const each of [people, changes]) kept.set(each.name, each);
  return { ...definitions, models: kept, hash: sha256(canonicalJson([definitions.hash, PEOPLE, CHANGES])) };
}
