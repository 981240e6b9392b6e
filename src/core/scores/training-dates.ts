import { addDays } from '../dates';

/** What the dates of a fit follow from. Days are whole days. */
export interface FitTiming {
  fit_date: string;
  horizon_days: number;
  /** Rows arrive up to that many days late: no label may end within them. */
  late_arrival_days: number;
}

/** Days between two training windows. */
export const WINDOW_STEP = 28;

/** Whole weeks of a year, so that the windows begin on the same weekday. */
export const SEASON_DAYS = 364;

export const TRAINING_DATES = ['training_date_1', 'training_date_2'] as const;

export type FitDateName = 'judged_date' | (typeof TRAINING_DATES)[number] | 'season_date';

/**
 * As-of dates of the rows that predictions are fitted on. The judged window is the newest one whose label, a purchase in
 * (date, date + H], has matured; every training label ends by its as-of date, so that it is judged out of time. The season
 * window began a year before the fit: its label is last year's same season.
 */
export function trainingDates({ fit_date, horizon_days, late_arrival_days }: FitTiming): Record<FitDateName, string> {
  const judged = addDays(fit_date, -(late_arrival_days + horizon_days));
  const training = (step: number): string => addDays(judged, -(horizon_days + step * WINDOW_STEP));
  return {
    judged_date: judged,
    training_date_1: training(0),
    training_date_2: training(1),
    season_date: addDays(fit_date, -SEASON_DAYS),
  };
}
