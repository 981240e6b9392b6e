select *
from {{ source('raw_order') }}
