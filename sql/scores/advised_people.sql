with

-- a contact brings the margin of a year with the chance that the person would have left and the offer works; it costs the contact, and
-- the offer where it works and where nobody would have left (Verbraken et al. 2013, for one person)
weighed as (
    select
        people.*,
        case
            when not {{ param('has_contact_costs') }} then 'no_margin'
            when people.purchase_days = 0 then 'no_purchase'
            when people.value_abstain_reason is not null then people.value_abstain_reason
            when people.churn_probability is null then people.churn_abstain_reason
            when people.expected_abstain_reason is not null then people.expected_abstain_reason
            when people.value_if_kept is null then 'no_order_value'
        end as worth_contacting_abstain_reason,
        round(
            people.churn_probability * {{ param('offer_success') }} * ({{ param('gross_margin') }} * cast(people.value_if_kept as double) - {{ param('offer_cost') }})
            - {{ param('contact_cost') }} - (1e0 - people.churn_probability) * {{ param('offer_cost') }}, 6) as gain
    from {{ ref('scored_people') }} as people
),

final as (
    select
        weighed.*,
        case when worth_contacting_abstain_reason is null then cast(gain as decimal(18,2)) end as contact_gain,
        case when worth_contacting_abstain_reason is null then gain > 0e0 end as worth_contacting
    from weighed
)

select * from final
