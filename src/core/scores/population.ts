import { BASELINES, type BaselineName, CANDIDATES, type CandidateName } from '../statistics/gate';

/** Whom one contest of models is about: what may score them, and what it has to beat. */
export interface Population {
  name: 'buyers' | 'prospects';
  candidates: readonly CandidateName[];
  baselines: readonly BaselineName[];
  /** Stands in for the model that scores where a past window knew too little to fit it. */
  standIn: CandidateName | undefined;
  /** Whether the risk of losing them comes in tiers. */
  hasTiers: boolean;
}

/** People with a purchase. */
export const BUYERS: Population = {
  name: 'buyers',
  candidates: CANDIDATES,
  baselines: BASELINES,
  standIn: 'mbg',
  hasTiers: true,
};

/** Registered people without a purchase, who have no history of any to go by. */
export const PROSPECTS: Population = {
  name: 'prospects',
  candidates: ['logistic'],
  baselines: ['global_rate', 'recency_only'],
  standIn: undefined,
  hasTiers: false,
};
