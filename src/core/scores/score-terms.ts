import type { Model } from '../models/model';
import { featureFamilies, type Sidecar, sidecarSchema } from '../models/sidecar';
import { withPurchaseModel } from './candidates';
import { seriesSelect } from './expected-orders-sql';

/**
 * The models of which the text follows from the lists of features: one column of each, whatever features there are.
 *
 * @param mapped sources of the shop: a feature that is the same for all of its people has no slope. Left out, all features.
 */
export function scoreTermModels(written: readonly Model[], mapped?: ReadonlySet<string>): Model[] {
  const modelOf = (name: string) => written.find((model) => model.name === name);
  const [ofBuyers, ofProspects] = [modelOf('churn_features'), modelOf('prospect_features')];
  if (!ofBuyers || !ofProspects) return [];
  const buyers = withPurchaseModel(featureFamilies(ofBuyers.sidecar, mapped));
  const prospects = featureFamilies(ofProspects.sidecar, mapped);
  const all = new Map([...buyers, ...prospects]);
  return [
    generated('score_slopes', slopesSelect(all), SLOPES_ABOUT, ['population'], slopeColumns(all)),
    generated('score_terms', termsSelect(buyers), TERMS_ABOUT, ['customer_id'], termColumns(buyers)),
    generated('prospect_terms', prospectsSelect(prospects), PROSPECTS_ABOUT, ['customer_id'], termColumns(prospects)),
    generated('order_series', seriesSelect('series_inputs', ['h', '365d']), SERIES_ABOUT, HISTORY, SERIES_COLUMNS),
  ];
}

type Families = ReadonlyMap<string, string>;
type Columns = Sidecar['columns'];

const namesOf = (families: Families): string[] => [...new Set(families.values())];

function generated(name: string, sql: string, description: string, unique_key: string[], columns: unknown): Model {
  const sidecar = sidecarSchema.parse({ description, materialised: 'inline', unique_key, columns });
  return { name, layer: 'scores', sql, sidecar, file: `src/core/scores/score-terms.ts (${name})` };
}

const column = (name: string, description: string) => ({ name, type: 'double', description });

const SLOPES_ABOUT =
  'Slope of each feature in the logistic model that scores, 0 where it has no term, and what each family of features adds up to at the mean of the training rows. One row a population.';

const slopeColumns = (families: Families): Columns =>
  [
    { name: 'population', type: 'varchar', description: 'buyers or prospects' },
    ...[...families.keys()].map((name) => column(`slope_${name}`, 'Change of the log-odds of a purchase a unit')),
    ...namesOf(families).map((family) => column(`centre_${family}`, 'Sum of slope times mean over the family')),
  ] as Columns;

function slopesSelect(families: Families): string {
  const value = (part: string, name: string): string =>
    `coalesce(max(case when model = 'score' and part = '${part}' and name = '${name}' then value end), 0e0) as ${part}_${name}`;
  const columns = [
    ...[...families.keys()].map((name) => value('slope', name)),
    ...namesOf(families).map((family) => value('centre', family)),
  ];
  return `select\n    bounds.population,\n    ${columns.join(',\n    ')}\nfrom {{ ref('score_bounds') }} as bounds\nleft join {{ ref('score_parameters') }} as parameters on bounds.population = parameters.population\ngroup by bounds.population`;
}

/** Where the purchase model scores alone: ln of the rate, and of P(alive), against somebody who has just bought for the first time. */
const OF_PURCHASE_MODEL: Readonly<Record<string, string>> = { frequency: 'mbg_rate_gain', cadence: 'mbg_alive_gain' };

const TERMS_ABOUT =
  'What the log-odds of a purchase of a person are made of tonight: columns of purchase_terms, and these. One row a person with a purchase.';

const PROSPECTS_ABOUT =
  'What the log-odds of a first purchase are made of tonight: columns of prospect_features, and these. One row a registered person without a purchase.';

const termColumns = (families: Families): Columns =>
  [
    { name: 'customer_id', type: 'varchar', description: 'The canonical id' },
    ...namesOf(families).map((family) =>
      column(`adds_${family}`, 'What the family adds to the log-odds against the average customer'),
    ),
    column('contribution', 'All families together'),
  ] as Columns;

const SERIES_ABOUT =
  'The series of expected orders: columns of series_inputs, and these. One row a history: purchase days after the first, and days since the first.';

const HISTORY = ['repeats', 'age_days'];

const SERIES_COLUMNS = [
  ...HISTORY.map((name) => ({ name, type: 'bigint', description: 'As in series_inputs' })),
  column('series_h', 'Within the horizon'),
  column('series_365d', 'Within 365 days'),
];

/** What each family adds to the log-odds against the average of the training rows. */
const additions = (families: Families, extra: (family: string) => string = () => ''): string[] =>
  namesOf(families).map((family) => {
    const own = [...families].filter(([, its]) => its === family).map(([name]) => `slope_${name} * ${name}`);
    return `${own.join(' + ')} - centre_${family}${extra(family)} as adds_${family}`;
  });

/** All of them together, as a CTE over another one. */
const addedUp = (families: Families, from: string): string => {
  const total = namesOf(families).map((family) => `adds_${family}`);
  return `final as (\n    select\n        ${from}.*,\n        ${total.join(' + ')} as contribution\n    from ${from}\n)`;
};

function termsSelect(families: Families): string {
  const rate = (family: string): string => {
    const gain = OF_PURCHASE_MODEL[family];
    return gain ? ` + ${gain}` : '';
  };
  const terms = [
    'terms as (',
    '    select',
    '        terms_of_people.*,',
    `        ${additions(families, rate).join(',\n        ')}`,
    "    from {{ ref('purchase_terms') }} as terms_of_people",
    "    cross join {{ ref('score_slopes') }} as slopes",
    "    where slopes.population = 'buyers'",
    ')',
  ].join('\n');
  return `with\n\n${terms},\n\n${addedUp(families, 'terms')}\n\nselect * from final`;
}

function prospectsSelect(families: Families): string {
  const terms = [
    'terms as (',
    '    select',
    '        features.*,',
    '        bounds.scoring_model,',
    '        bounds.score_reason,',
    '        bounds.shift,',
    '        bounds.intercept,',
    '        bounds.likely_from,',
    `        ${additions(families).join(',\n        ')}`,
    "    from {{ ref('prospect_features') }} as features",
    "    cross join {{ ref('score_bounds') }} as bounds",
    "    cross join {{ ref('score_slopes') }} as slopes",
    "    where bounds.population = 'prospects' and slopes.population = 'prospects'",
    ')',
  ].join('\n');
  return `with\n\n${terms},\n\n${addedUp(families, 'terms')}\n\nselect * from final`;
}
