-- One row a department: what it sold, what came back (by value), and its sales in the week without goods against the
-- mean of the four weeks before and the four after.
with returned as (
  select line, sum(repaid) as repaid from written_refunds where line is not null group by line
),
sold as (
  select
    products.floor as department,
    lines.paid,
    returned.repaid,
    date_diff('day', getvariable('first_day') + to_days(getvariable('stock_out_no')::integer), lines.booked::date) as days_after
  from written_order_lines as lines
  join written_products as products on products.article = lines.article
  left join returned on returned.line = lines.line
  where lines.sort = 'article'
)
select
  department,
  count(*) as lines,
  sum(paid) as revenue,
  coalesce(sum(repaid), 0) / sum(paid) as return_share,
  count(*) filter (where days_after between 0 and 6)
    / nullif((count(*) filter (where days_after between -28 and -1 or days_after between 7 and 34)) / 8, 0) as stock_out_ratio
from sold
group by department
order by department
