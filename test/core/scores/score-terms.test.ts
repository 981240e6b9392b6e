import type { Model } from '../../../src/core/models/model';
import { scoreReasonModels } from '../../../src/core/scores/score-reasons';
import { scoreTermModels } from '../../../src/core/scores/score-terms';
import { loadModels } from '../../../src/project/load-models';
import { SQL_FOLDER } from '../../../src/project/product';

let written: Model[];
beforeAll(async () => {
  written = await loadModels(SQL_FOLDER);
});

const textOf = (name: string, mapped?: ReadonlySet<string>): string => {
  const models = [...scoreTermModels(written, mapped), ...scoreReasonModels(written, mapped)];
  return models.find((model) => model.name === name)?.sql ?? '';
};
const slopesIn = (sql: string): string[] => [...new Set(sql.match(/slope_\w+/g) ?? [])].sort();
const reasonsIn = (sql: string): string[] => [...new Set(sql.match(/(?<=as reason_)[a-z]+/g) ?? [])].sort();

const OF_LINES = ['slope_discount_share', 'slope_log_categories', 'slope_log_lines'];
const OF_VISITS = ['carts_30d', 'days_since_visit', 'visits_30d'].map((name) => `slope_log_${name}`);

test('what is the same for everybody of a shop has no slope and is no reason', () => {
  const [all, orders] = [slopesIn(textOf('score_terms')), slopesIn(textOf('score_terms', new Set(['orders'])))];
  expect(orders).toEqual(all.filter((name) => !/categories|lines|discount|visit|carts|click|opens/.test(name)));
  expect(orders).toContain('slope_mbg_logit');
  expect(all).toEqual(expect.arrayContaining([...OF_LINES, ...OF_VISITS, 'slope_log_opens_90d']));
  expect(reasonsIn(textOf('score_reasons', new Set(['orders'])))).toEqual(['returns', 'rhythm', 'spend']);
});

test('a source that is mapped brings its features and its reason, to buyers and to prospects', () => {
  const lines = new Set(['orders', 'order_lines']);
  expect(slopesIn(textOf('score_terms', lines))).toEqual(expect.arrayContaining(OF_LINES));
  expect(reasonsIn(textOf('score_reasons', lines))).toEqual(['breadth', 'discounts', 'returns', 'rhythm', 'spend']);
  const events = new Set(['orders', 'events']);
  expect(slopesIn(textOf('prospect_terms', events))).toEqual(
    ['slope_is_visit_unknown', 'slope_log_account_days', ...OF_VISITS].sort(),
  );
  expect(reasonsIn(textOf('prospect_reasons', events))).toEqual(['account', 'visits']);
});

test('no slope is asked for that nothing gives', () => {
  for (const mapped of [undefined, new Set(['orders']), new Set(['orders', 'campaign_events'])]) {
    const given = slopesIn(textOf('score_slopes', mapped));
    expect(given).toEqual(
      expect.arrayContaining([
        ...slopesIn(textOf('score_terms', mapped)),
        ...slopesIn(textOf('prospect_terms', mapped)),
      ]),
    );
  }
});
