with

final as (
    select
        max(case when axis = 'recency' and score = 2 then better_than end) as r_2,
        max(case when axis = 'recency' and score = 3 then better_than end) as r_3,
        max(case when axis = 'recency' and score = 4 then better_than end) as r_4,
        max(case when axis = 'recency' and score = 5 then better_than end) as r_5,
        max(case when axis = 'frequency' and score = 2 then better_than end) as f_2,
        max(case when axis = 'frequency' and score = 3 then better_than end) as f_3,
        max(case when axis = 'frequency' and score = 4 then better_than end) as f_4,
        max(case when axis = 'frequency' and score = 5 then better_than end) as f_5,
        max(case when axis = 'monetary' and score = 2 then better_than end) as m_2,
        max(case when axis = 'monetary' and score = 3 then better_than end) as m_3,
        max(case when axis = 'monetary' and score = 4 then better_than end) as m_4,
        max(case when axis = 'monetary' and score = 5 then better_than end) as m_5,
        max(case when axis = 'value' and score = 2 then better_than end) as v_2,
        max(case when axis = 'value' and score = 3 then better_than end) as v_3,
        max(case when axis = 'value' and score = 4 then better_than end) as v_4
    from {{ ref('rfm_cuts') }} as cuts
)

select * from final
