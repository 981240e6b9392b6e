import type { Model } from '../models/model';
import { featureFamilies, type Sidecar, sidecarSchema } from '../models/sidecar';
import { withPurchaseModel } from './candidates';
import { seriesSelect } from './expected-orders-sql';

/** The models of which the text follows from the list of features: one column of each, whatever features there are. */
export function scoreTermModels(written: readonly Model[]): Model[] {
  const features = written.find((model) => model.name === 'churn_features');
  if (!features) return [];
  const families = withPurchaseModel(featureFamilies(features.sidecar));
  return [
    generated('score_slopes', slopesSelect(families), SLOPES_ABOUT, [], slopeColumns(families)),
    generated('score_terms', termsSelect(families), TERMS_ABOUT, ['customer_id'], termColumns(families)),
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
  'Slope of each feature in the logistic model that scores, 0 where it has no term, and what each family of features adds up to at the mean of the training rows. One row.';

const slopeColumns = (families: Families): Columns =>
  [
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
  return `select\n    ${columns.join(',\n    ')}\nfrom {{ ref('score_parameters') }} as score_parameters`;
}

/** Where the purchase model scores alone: ln of the rate, and of P(alive), against somebody who has just bought for the first time. */
const OF_PURCHASE_MODEL: Readonly<Record<string, string>> = { frequency: 'mbg_rate_gain', cadence: 'mbg_alive_gain' };

const TERMS_ABOUT =
  'What the log-odds of a purchase of a person are made of tonight: columns of purchase_terms, and these. One row a person with a purchase.';

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

function termsSelect(families: Families): string {
  const sums = namesOf(families).map((family) => {
    const own = [...families].filter(([, its]) => its === family).map(([name]) => `slope_${name} * ${name}`);
    const rate = OF_PURCHASE_MODEL[family];
    return `${own.join(' + ')} - centre_${family}${rate ? ` + if(score_model = 'mbg', ${rate}, 0e0)` : ''} as adds_${family}`;
  });
  const terms = [
    'terms as (',
    '    select',
    '        terms_of_people.*,',
    `        ${sums.join(',\n        ')}`,
    "    from {{ ref('purchase_terms') }} as terms_of_people",
    "    cross join {{ ref('score_slopes') }} as slopes",
    ')',
  ].join('\n');
  const total = namesOf(families)
    .map((family) => `adds_${family}`)
    .join(' + ');
  const final = `final as (\n    select\n        terms.*,\n        ${total} as contribution\n    from terms\n)`;
  return `with\n\n${terms},\n\n${final}\n\nselect * from final`;
}
