import type { Model } from '../models/model';
import { type FeatureFamily, featureFamilies, sidecarSchema } from '../models/sidecar';

/** How many reasons a person is given. */
const REASONS_GIVEN = ['first', 'second', 'third'] as const;

/** One concatenation for all that follows the number: each makes the text of every person anew. */
const days = (count: string, rest: string): string =>
  `cast(${count} as varchar) || if(${count} = 1, ' day ${rest}', ' days ${rest}')`;
/** A count behind its logarithm ln(1 + count). */
const counted = (column: string): string => `cast(round(exp(${column}) - 1e0) as bigint)`;
const perCent = (share: string, rest: string): string =>
  `cast(cast(round(1e2 * ${share}) as bigint) as varchar) || ' % ${rest}'`;

/**
 * What a person is told a reason of. All that a purchase history alone says is one reason: its features know so much of
 * each other that the sign of one of them, or of the purchase model among them, means nothing by itself.
 */
const REASON_OF: Readonly<Record<FeatureFamily, string>> = {
  recency: 'rhythm',
  frequency: 'rhythm',
  tenure: 'rhythm',
  account: 'account',
  cadence: 'rhythm',
  spend: 'spend',
  returns: 'returns',
  breadth: 'breadth',
  discounts: 'discounts',
  visits: 'visits',
  campaigns: 'campaigns',
};

/** What a person reads of a reason: always the same facts, whichever way they speak. */
const TEXTS: Readonly<Record<string, string>> = {
  rhythm: `${days('recency_days', 'since the last order')} || if(repeats = 0, '; no second order yet', '; usually orders every ' || cast(cast(round(t_x / nullif(x, 0e0)) as bigint) as varchar))`,
  account: days('account_days', 'since the account was made; no order yet'),
  spend: `if(is_amount_unknown = 1e0, 'what orders bring is not known', 'orders bring about ' || cast(cast(round(exp(log_mean_amount) - 1e0, 2) as decimal(18,2)) as varchar))`,
  returns: `'returned ' || ${perCent('return_share', 'of what was bought')}`,
  breadth: `'bought from ' || cast(${counted('log_categories')} as varchar) || if(${counted('log_categories')} = 1, ' category', ' categories') || ' in a year'`,
  discounts: perCent('discount_share', 'of lines bought at a discount'),
  visits: `if(is_visit_unknown = 1e0, 'no visit is known', ${days(counted('log_days_since_visit'), 'since the last visit')})`,
  campaigns: `if(is_click_unknown = 1e0, 'no click on a campaign is known', ${days(counted('log_days_since_click'), 'since the last click on a campaign')})`,
};

/**
 * The models that give every person the families of features that moved the score most, as codes and as texts.
 *
 * @param mapped as for scoreTermModels.
 */
export function scoreReasonModels(written: readonly Model[], mapped?: ReadonlySet<string>): Model[] {
  const familiesOf = (name: string): FeatureFamily[] => {
    const model = written.find((one) => one.name === name);
    return model ? [...new Set(featureFamilies(model.sidecar, mapped).values())].sort() : [];
  };
  return [
    ...reasonModel(familiesOf('churn_features'), 'score_reasons', 'score_terms', 'a purchase'),
    ...reasonModel(familiesOf('prospect_features'), 'prospect_reasons', 'prospect_terms', 'an account and no purchase'),
  ];
}

function reasonModel(families: readonly FeatureFamily[], name: string, terms: string, who: string): Model[] {
  if (families.length === 0) return [];
  const sidecar = sidecarSchema.parse({
    description: `The three families of features that moved a score most against the average person, the strongest first: columns of ${terms}, and these. One row a person with ${who}.`,
    materialised: 'inline',
    unique_key: ['customer_id'],
    columns: [
      { name: 'customer_id', type: 'varchar', description: 'The canonical id' },
      ...REASONS_GIVEN.flatMap((_, index) => [
        { name: codeOf(index), type: 'varchar', description: 'Family and whether it raises or lowers the risk' },
        { name: textOf(index), type: 'varchar', description: 'The same as facts of the person' },
      ]),
    ],
  });
  const file = `src/core/scores/score-reasons.ts (${name})`;
  return [{ name, layer: 'scores', sql: reasonsSelect(families, terms), sidecar, file }];
}

/** As they are published; null where no model scores. */
const codeOf = (index: number): string => `reason_${index + 1}_code`;
const textOf = (index: number): string => `reason_${index + 1}_text`;

const columns = (lines: readonly string[]): string => lines.map((line) => `,\n        ${line}`).join('');

/** Most of some columns, in eights: a macro of DuckDB takes a fixed number of arguments, and evaluates each twice. */
function greatestOf(names: readonly string[]): string {
  const eights = names.flatMap((_, index) => (index % 8 === 0 ? [names.slice(index, index + 8)] : []));
  const each = eights.map((eight) => (eight.length === 1 ? (eight[0] as string) : `greatest(${eight.join(', ')})`));
  return each.length === 1 ? (each[0] as string) : `greatest(${each.join(', ')})`;
}

/** Strengths are whole millionths, because a double decides here; of equally strong reasons the first by name. */
function reasonsSelect(families: readonly FeatureFamily[], terms: string): string {
  const reasons = [...new Set(families.map((family) => REASON_OF[family]))].sort();
  const sums = reasons.map((reason) => {
    const own = families.filter((family) => REASON_OF[family] === reason).map((family) => `adds_${family}`);
    return `${own.join(' + ')} as reason_${reason}`;
  });
  const steps = [`sums as (\n    select terms.*${columns(sums)}\n    from {{ ref('${terms}') }} as terms\n)`];
  REASONS_GIVEN.forEach((place, index) => {
    const before = REASONS_GIVEN[index - 1];
    const left = reasons.map((reason) =>
      before === undefined
        ? `abs(round(1e6 * reason_${reason})) as ${place}_${reason}`
        : `if(${before}_reason = '${reason}', 0e0, ${before}_${reason}) as ${place}_${reason}`,
    );
    const names = reasons.map((reason) => `${place}_${reason}`);
    const cases = reasons.map((reason) => `when ${place}_${reason} = ${place}_strength then '${reason}'`);
    steps.push(
      `${place}_strengths as (\n    select *${columns(left)}\n    from ${before === undefined ? 'sums' : `${before}_reasons`}\n)`,
      `${place}_greatest as (\n    select *, ${greatestOf(names)} as ${place}_strength\n    from ${place}_strengths\n)`,
      `${place}_reasons as (\n    select *, case when ${place}_strength = 0e0 then '' ${cases.join(' ')} end as ${place}_reason\n    from ${place}_greatest\n)`,
    );
  });
  const scored = (what: string): string => `case when scoring_model <> 'none' then ${what} end`;
  const outputs = REASONS_GIVEN.flatMap((place, index) => {
    const when = (what: (reason: string) => string): string =>
      `case ${place}_reason ${reasons.map((reason) => `when '${reason}' then ${what(reason)}`).join(' ')} end`;
    const code = when((reason) => `if(reason_${reason} > 0e0, '${reason}_lowers_risk', '${reason}_raises_risk')`);
    return [
      `${scored(code)} as ${codeOf(index)}`,
      `${scored(when((reason) => TEXTS[reason] as string))} as ${textOf(index)}`,
    ];
  });
  steps.push(`final as (\n    select *${columns(outputs)}\n    from third_reasons\n)`);
  return `with\n\n${steps.join(',\n\n')}\n\nselect * from final`;
}
