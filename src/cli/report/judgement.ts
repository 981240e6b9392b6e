import type { ScoreParameter } from '../../pipeline/read-predictions';
import { count, peopleText, percent } from '../format';
import { type Paper, section, table, wrapped } from '../summary/paper';
import { reasonText } from '../summary/reasons';

const MEASURES = [
  ['auc', 'AUC'],
  ['average_precision', 'AP'],
  ['brier', 'Brier'],
  ['log_loss', 'log-loss'],
  ['ece', 'ECE'],
  ['top_decile_lift', 'top lift'],
] as const;

const TITLES: Readonly<Record<string, string>> = {
  buyers: 'How the models were judged',
  prospects: 'How the model of first orders was judged',
};

/** How candidates and baselines did on the newest matured window: the reason why one of them scores a population, or none. */
export function judgementSections(paper: Paper, parameters: readonly ScoreParameter[]): string[] {
  return Object.entries(TITLES).flatMap(([population, title]) =>
    judgementSection(
      paper,
      title,
      parameters.filter((row) => row.population === population),
    ),
  );
}

function judgementSection(paper: Paper, named: string, parameters: readonly ScoreParameter[]): string[] {
  const find = (model: string, part: string, name: string): ScoreParameter | undefined =>
    parameters.find((row) => row.model === model && row.part === part && row.name === name);
  const judged = [
    ...new Set(parameters.filter(({ part, name }) => part === 'judged' && name === 'auc').map(({ model }) => model)),
  ];
  const verdicts = parameters.filter(({ part }) => part === 'verdict');
  const candidates = verdicts.map(({ model }) => model);
  const baselines = judged.filter((model) => !candidates.includes(model));
  const rows = [...candidates, ...baselines].map((model) => [
    model,
    ...MEASURES.map(([name]) => find(model, 'judged', name)?.value?.toFixed(4) ?? '–'),
    verdicts.find((row) => row.model === model)?.text?.replaceAll('_', ' ') ?? paper.colors.dim('baseline'),
  ]);
  if (rows.length === 0) return [];
  const people = judged.map((model) => find(model, 'judged', 'rows')?.value).find((value) => value != null);
  const title = `${named}${people == null ? '' : `, on ${count(people)} people out of time`}`;
  const measured = table(paper, ['model', ...MEASURES.map(([, label]) => label), ''], rows, [1, 2, 3, 4, 5, 6]);
  return section(paper, title, [...measured, ...likelyLines(paper, find), ...abstentions(parameters)]);
}

type Find = (model: string, part: string, name: string) => ScoreParameter | undefined;

/** The cut of the likely and what it was worth on the window it was made on; nothing where no model scores. */
function likelyLines(paper: Paper, find: Find): string[] {
  const of = (name: string): number | undefined => find('score', 'cut', name)?.value ?? undefined;
  const [from, people, precision, recall] = [
    of('likely_from'),
    of('likely_people'),
    of('likely_precision'),
    of('likely_recall'),
  ];
  if (from === undefined || precision === undefined) return [];
  const found = recall === undefined ? '' : `; ${percent(recall)} of the buyers were among them`;
  return wrapped(
    paper,
    `likely from a chance of ${percent(from)}: of ${peopleText(people ?? 0)} called likely there ${percent(precision)} bought${found}`,
  );
}

const SAYS: Readonly<Record<string, string>> = { orders: 'expected orders', value: 'the value of an order' };

/** Why nobody is told of orders or value to come, though chances may be told. */
const abstentions = (parameters: readonly ScoreParameter[]): string[] =>
  parameters
    .filter(({ part, model }) => part === 'abstain' && Object.hasOwn(SAYS, model))
    .map(({ model, text }) => `  ${SAYS[model]}: none, ${reasonText(text ?? 'no_model')}`);
