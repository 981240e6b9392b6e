with

-- who objects to being profiled, or must be left alone, is on neither side whatever the score
final as (
    select
        people.*,
        scores.churn_probability,
        scores.churn_tier,
        coalesce(scores.purchase_probability, prospects.purchase_probability) as purchase_probability,
        case
            when coalesce(scores.is_likely, prospects.is_likely) is null then 'ineligible'
            when {{ param('has_consents') }} and coalesce(consents.personalisation_consent, 'granted') <> 'granted' then 'ineligible'
            when {{ param('has_suppressions') }} and coalesce(voice.is_suppressed, false) then 'ineligible'
            when coalesce(scores.is_likely, prospects.is_likely) then 'likely'
            else 'unlikely'
        end as purchase_likelihood,
        case
            when {{ param('has_consents') }} and coalesce(consents.personalisation_consent, 'granted') <> 'granted' then 'consent'
            when {{ param('has_suppressions') }} and coalesce(voice.is_suppressed, false) then 'suppressed'
            when people.purchase_days = 0 and not ({{ param('has_events') }} or {{ param('has_campaign_events') }}) then 'prospect_without_activity'
            when people.purchase_days = 0 and people.created_date is null then 'account_date_unknown'
            when coalesce(scores.churn_abstain_reason, prospects.purchase_abstain_reason) = 'history_too_short' then 'too_little_history'
            when coalesce(scores.is_likely, prospects.is_likely) is null then 'no_model'
        end as ineligible_reason,
        scores.expected_orders,
        scores.expected_value,
        scores.expected_orders_365d,
        scores.expected_value_365d,
        scores.probability_alive,
        scores.value_if_kept,
        coalesce(scores.score_model, prospects.score_model) as score_model,
        coalesce(scores.reason_1_code, prospects.reason_1_code) as reason_1_code,
        coalesce(scores.reason_1_text, prospects.reason_1_text) as reason_1_text,
        coalesce(scores.reason_2_code, prospects.reason_2_code) as reason_2_code,
        coalesce(scores.reason_2_text, prospects.reason_2_text) as reason_2_text,
        coalesce(scores.reason_3_code, prospects.reason_3_code) as reason_3_code,
        coalesce(scores.reason_3_text, prospects.reason_3_text) as reason_3_text,
        case
            when people.purchase_days > 0 and scores.purchase_probability is null then coalesce(scores.churn_abstain_reason, 'no_model')
            when people.purchase_days > 0 then cast(null as varchar)
            when not ({{ param('has_events') }} or {{ param('has_campaign_events') }}) then 'prospect_without_activity'
            when people.created_date is null then 'account_date_unknown'
            when prospects.purchase_probability is null then coalesce(prospects.purchase_abstain_reason, 'no_model')
        end as purchase_abstain_reason,
        case
            when people.purchase_days = 0 then 'no_purchase'
            when scores.churn_probability is null then coalesce(scores.churn_abstain_reason, 'no_model')
        end as churn_abstain_reason,
        case when people.purchase_days = 0 then 'no_purchase' else scores.expected_abstain_reason end as expected_abstain_reason,
        consents.ads_consent,
        consents.email_consent,
        consents.sms_consent,
        consents.push_consent,
        consents.post_consent,
        consents.personalisation_consent,
        voice.referral_count,
        voice.feedback_count,
        voice.last_nps_score,
        voice.last_survey_date,
        voice.is_suppressed
    from {{ ref('customer_next_order') }} as people
    left join {{ ref('customer_scores') }} as scores on people.customer_id = scores.customer_id
    left join {{ ref('prospect_scores') }} as prospects on people.customer_id = prospects.customer_id
    left join {{ ref('customer_consents') }} as consents on people.customer_id = consents.customer_id
    left join {{ ref('customer_voice') }} as voice on people.customer_id = voice.customer_id
)

select * from final
