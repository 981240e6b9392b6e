-- Kinds of goods: what a line of an order is drawn from. Kinds with collections renew themselves every quarter.
create table kinds as
select *
from (values
  (1, 'shoes', true, 7000, 17000),
  (2, 'women', true, 3000, 9000),
  (3, 'men', true, 3000, 9000),
  (4, 'kids', true, 1500, 4500),
  (5, 'sport', true, 2000, 11000),
  (6, 'infant', false, 800, 3400),
  (7, 'toys', true, 1200, 6000),
  (8, 'snacks', false, 200, 900),
  (9, 'pantry', false, 300, 1900)
) as listed(kind_no, kind, has_collections, cents_min, cents_max);

create table kind_categories as
select *, row_number() over (partition by kind_no order by category) - 1 as position, count(*) over (partition by kind_no) as siblings
from (values
  (1, 'Shoes > Running', 'sport'), (1, 'Shoes > Sneakers', 'fashion'), (1, 'Shoes > Boots', 'fashion'),
  (2, 'Clothing > Dresses', 'fashion'), (2, 'Clothing > Knitwear', 'fashion'), (2, 'Accessories > Bags', 'fashion'),
  (3, 'Clothing > Shirts', 'fashion'), (3, 'Clothing > Jackets', 'fashion'), (3, 'Accessories > Belts', 'fashion'),
  (4, 'Clothing > School', 'fashion'), (4, 'Clothing > Playwear', 'fashion'),
  (5, 'Sportswear > Running', 'sport'), (5, 'Equipment > Fitness', 'sport'), (5, 'Equipment > Outdoor', 'sport'),
  (6, 'Infant > Nappies', 'baby'), (6, 'Infant > Formula', 'baby'), (6, 'Infant > Care', 'baby'),
  (7, 'Toys > Wooden', 'baby'), (7, 'Toys > Plush', 'baby'),
  (8, 'Snacks > Chocolate', 'food'), (8, 'Snacks > Crisps', 'food'), (8, 'Snacks > Nuts', 'food'),
  (9, 'Pantry > Coffee', 'food'), (9, 'Pantry > Pasta', 'food'), (9, 'Drinks > Wine', 'food')
) as listed(kind_no, category, department);

-- Collection 0 holds what is always sold: 24 products a kind; every other collection has nine.
create table products as
with numbered as (
  select kinds.*, 0 as collection_no, item
  from kinds, range(24) as items(item)
  union all
  select kinds.*, collections.collection_no, item
  from kinds, collections, range(9) as items(item)
  where kinds.has_collections
)
select
  (numbered.kind_no * 100 + numbered.collection_no) * 100 + item as product_no,
  numbered.kind_no,
  numbered.collection_no,
  item,
  kind_categories.category,
  kind_categories.department,
  pick((numbered.kind_no * 100 + numbered.collection_no) * 100 + item, 0, 'price', cents_min // 10, cents_max // 10) * 10 - 1 as list_cents,
  case numbered.kind_no
    when 2 then 'women' when 3 then 'men' when 4 then 'kids' when 6 then 'kids' when 7 then 'kids'
    when 1 then ([ 'women', 'men', 'all' ])[item // 3 % 3 + 1]
    when 5 then ([ 'women', 'men', 'all', 'all' ])[item // 3 % 4 + 1]
    else 'all'
  end as made_for,
  collections.start_no as launch_no,
  collections.name as collection,
  ([ 'Alba', 'Borealis', 'Cinder', 'Drift', 'Ember', 'Fjord', 'Grove' ])[item % 7 + 1] as brand
from numbered
join kind_categories on kind_categories.kind_no = numbered.kind_no and kind_categories.position = item % kind_categories.siblings
left join collections on collections.collection_no = numbered.collection_no;

-- Bestsellers: sixteen slots a kind and collection, the first products holding more slots than the last.
create table product_slots as
select
  (products.kind_no * 32 + products.collection_no) * 16 + slot as slot_key,
  products.product_no,
  products.list_cents,
  products.kind_no,
  products.launch_no,
  products.collection_no,
  products.made_for,
  products.department
from range(16) as slots(slot)
join products on products.item = case
  when products.collection_no = 0 then (slot * slot) // 10
  else ([ 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8 ])[slot + 1]
end;
set variable running_shoe = (
  select list(product_no order by product_no) from products where category = 'Shoes > Running' and collection_no in (0, getvariable('newest_collection'))
);
set variable newest_product = (
  select list(product_no order by product_no) from products where collection_no = getvariable('newest_collection') and kind_no <> 1
);
set variable older_product = (
  select list(product_no order by product_no) from products where collection_no = 0 and kind_no <> 1
);
