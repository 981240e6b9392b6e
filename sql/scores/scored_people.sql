with

-- who objects to being profiled, or must be left alone, is on neither side whatever the score
final as (
    select
        people.*,
        case
            when people.is_likely is null then 'ineligible'
            when {{ param('has_consents') }} and coalesce(consents.personalisation_consent, 'granted') <> 'granted' then 'ineligible'
            when {{ param('has_suppressions') }} and coalesce(voice.is_suppressed, false) then 'ineligible'
            when people.is_likely then 'likely'
            else 'unlikely'
        end as purchase_likelihood,
        case
            when {{ param('has_consents') }} and coalesce(consents.personalisation_consent, 'granted') <> 'granted' then 'consent'
            when {{ param('has_suppressions') }} and coalesce(voice.is_suppressed, false) then 'suppressed'
            when people.purchase_abstain_reason in ('prospect_without_activity', 'account_date_unknown') then people.purchase_abstain_reason
            when people.purchase_abstain_reason = 'history_too_short' then 'too_little_history'
            when people.is_likely is null then 'no_model'
        end as ineligible_reason,
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
    left join {{ ref('customer_consents') }} as consents on people.customer_id = consents.customer_id
    left join {{ ref('customer_voice') }} as voice on people.customer_id = voice.customer_id
)

select * from final
