-- One row a persona: how many carry it, how many imitate it, and for how many its rule holds before noise.
with holding as (
  select replace(rule, 'rule_holds_', '') as persona, count(*) filter (where holds) as rule_holds
  from (unpivot (select columns('rule_holds_.*') from written_truth) on columns(*) into name rule value holds) as long_rules
  group by rule
),
planted as (
  select
    coalesce(persona, decoy_of) as persona,
    count(persona) as carriers,
    count(decoy_of) as decoys
  from written_truth
  where coalesce(persona, decoy_of) is not null
  group by coalesce(persona, decoy_of)
)
select holding.persona, coalesce(carriers, 0) as carriers, coalesce(decoys, 0) as decoys, rule_holds
from holding
left join planted on planted.persona = holding.persona
order by holding.persona
