import type { Model } from '../models/model';
import { type Sidecar, sidecarSchema } from '../models/sidecar';
import { HORIZONS, type ProjectFile } from '../project-file';
import { defaultCalendar } from './calendar';
import { RFM_NAMES } from './rfm-names';
import { type ValuesColumn, valuesSelect } from './values';

/** Presets and settings as small inline relations: a choice is data that SQL joins, never a branch in its text. */
export function settingsModels(project: ProjectFile): Model[] {
  return [
    placeholderIds(project),
    horizons(),
    rfmShares(),
    rfmFixedCuts(project),
    rfmNames(project),
    defaultCalendar(),
  ];
}

function setting(
  name: string,
  description: string,
  key: string[],
  columns: (ValuesColumn & { description: string })[],
  rows: (string | number)[][],
): Model {
  const sidecar: Sidecar = sidecarSchema.parse({ description, materialised: 'inline', unique_key: key, columns });
  return { name, layer: 'settings', sql: valuesSelect(columns, rows), sidecar, file: `src/core/settings (${name})` };
}

function placeholderIds(project: ProjectFile): Model {
  return setting(
    'placeholder_ids',
    'Ids that are nobody, from not_customers in tidemark.yml. One row an id.',
    ['placeholder_id'],
    [{ name: 'placeholder_id', type: 'varchar', description: 'The id as the source writes it' }],
    [...new Set(project.not_customers)].map((id) => [id]),
  );
}

function horizons(): Model {
  return setting(
    'horizons',
    'The horizons a shop may have. One row a horizon.',
    ['horizon_days'],
    [{ name: 'horizon_days', type: 'bigint', description: 'Days ahead' }],
    HORIZONS.map((days) => [days]),
  );
}

/** Scores 2 to 5 by fifths of recency and monetary value; frequency 3 to 5 by quarters of those with two or more days. */
function rfmShares(): Model {
  const fifths = [2, 3, 4, 5].map((score) => [score, (score - 1) * 20]);
  const quarters = [3, 4, 5].map((score) => [score, (score - 2) * 25]);
  const tiers = [
    [2, 50],
    [3, 80],
    [4, 95],
  ];
  const rows = Object.entries({ recency: fifths, frequency: quarters, monetary: fifths, value: tiers }).flatMap(
    ([axis, steps]) => steps.map(([score, percent]) => [axis, score as number, percent as number]),
  );
  return setting(
    'rfm_shares',
    'Which share of people must be worse for a score; value tiers are 2 middle, 3 high, 4 top. One row an axis and score.',
    ['axis', 'score'],
    [
      { name: 'axis', type: 'varchar', description: 'recency, frequency, monetary or value' },
      { name: 'score', type: 'integer', description: 'The score reached' },
      { name: 'percent_worse', type: 'bigint', description: 'Per cent of people who must be worse' },
    ],
    rows,
  );
}

/** "At most 30 days" is "better than -31", since better means more; amounts step by a cent. */
function rfmFixedCuts(project: ProjectFile): Model {
  const cuts = project.rfm.cuts;
  const scores = [2, 3, 4, 5];
  const rows: (string | number)[][] = cuts
    ? [
        ...scores.map((score, index) => ['recency', score, `${-((cuts.recency_days[3 - index] as number) + 1)}`]),
        ...scores.map((score, index) => ['frequency', score, `${(cuts.purchase_days[index] as number) - 1}`]),
        ...(cuts.spend_amount
          ? scores.map((score, index) => [
              'monetary',
              score,
              ((cuts.spend_amount?.[index] as number) - 0.01).toFixed(2),
            ])
          : []),
      ]
    : [];
  return setting(
    'rfm_fixed_cuts',
    'Cut points fixed in tidemark.yml. One row an axis and score.',
    ['axis', 'score'],
    [
      { name: 'axis', type: 'varchar', description: 'recency, frequency or monetary' },
      { name: 'score', type: 'integer', description: 'The score reached' },
      { name: 'better_than', type: 'decimal(18,2)', description: 'What must be exceeded' },
    ],
    rows,
  );
}

function rfmNames(project: ProjectFile): Model {
  const { second_axis, cells } = RFM_NAMES[project.rfm.segments];
  const rows = cells.flatMap((names, row) => names.map((name, column) => [5 - row, second_axis, column + 1, name]));
  return setting(
    'rfm_names',
    'The named segment of each of the 25 cells. One row a recency score and second score.',
    ['r_score', 'second_score'],
    [
      { name: 'r_score', type: 'integer', description: 'Recency score' },
      { name: 'second_axis', type: 'varchar', description: 'frequency, or mean of frequency and monetary value' },
      { name: 'second_score', type: 'integer', description: 'Score on the second axis' },
      { name: 'rfm_segment', type: 'varchar', description: 'Name' },
    ],
    rows,
  );
}
