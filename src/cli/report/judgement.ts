import type { ScoreParameter } from '../../pipeline/read-predictions';
import { count } from '../format';
import { type Paper, section, table } from '../summary/paper';

const MEASURES = [
  ['auc', 'AUC'],
  ['average_precision', 'AP'],
  ['brier', 'Brier'],
  ['log_loss', 'log-loss'],
  ['ece', 'ECE'],
  ['top_decile_lift', 'top lift'],
] as const;

/** How candidates and baselines did on the newest matured window: the reason why one of them scores, or none. */
export function judgementSection(paper: Paper, parameters: readonly ScoreParameter[]): string[] {
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
  const title = `How the models were judged${people == null ? '' : `, on ${count(people)} people out of time`}`;
  return section(
    paper,
    title,
    table(paper, ['model', ...MEASURES.map(([, label]) => label), ''], rows, [1, 2, 3, 4, 5, 6]),
  );
}
