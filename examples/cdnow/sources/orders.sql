-- one blank between the columns, so that they can be told apart
with aligned as (
    select regexp_replace(trim(line), ' +', ' ') as line
    from {{ source('lines') }} as lines
)

select
    split_part(line, ' ', 1) as customer_id,
    split_part(line, ' ', 2) as day,
    split_part(line, ' ', 4) as dollars
from aligned
