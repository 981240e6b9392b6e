with

known_survey_answers as (
    select customer_id, question, answer, answered_date, answered_ms, type_error, unmapped_column
    from {{ source('survey_answers') }} as survey_answers
    where recorded_date is null or recorded_date <= {{ param('run_date') }}
),

final as (
    select
        customer_id,
        question,
        answer,
        answered_date,
        answered_ms,
        case
            when customer_id is null then 'no_customer_id'
            when customer_id in (select placeholder_id from {{ ref('placeholder_ids') }} as placeholder_ids) then 'placeholder_id'
            when answered_date is null then 'no_date'
            when answered_date > {{ param('run_date') }} then 'after_run_date'
            when question is null or answer is null then 'no_answer'
        end as excluded_because,
        type_error,
        unmapped_column
    from known_survey_answers
)

select * from final
