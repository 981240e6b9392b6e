import { asOfModels, buildGraph, providers } from '../../../src/core/models/graph';
import { model, modelSet, thrownBy } from './model';

const ref = (...names: string[]): string =>
  names.map((name) => `select * from {{ ref('${name}') }}`).join(' union all ');
const INLINE = { materialised: 'inline' };

const ids = (nodes: { id: string }[]): string[] => nodes.map((node) => node.id);
const waitsFor = (nodes: { id: string; after: string[] }[], id: string): string[] =>
  [...(nodes.find((node) => node.id === id)?.after ?? ['no such node'])].sort();

describe('what must run', () => {
  const models = modelSet(
    model('stg_a', 'staging', "select * from {{ source('orders') }}"),
    model('stg_b', 'staging', "select * from {{ source('customers') }}"),
    model('days', 'rollups', ref('stg_a')),
    model('both', 'features', ref('days', 'stg_b')),
    model('unused', 'features', ref('days')),
  );

  test('is what the targets read, each after what it reads', () => {
    const nodes = buildGraph(models, ['both']);
    expect(ids(nodes)).toEqual(['stg_a', 'days', 'stg_b', 'both']);
    expect(waitsFor(nodes, 'both')).toEqual(['days', 'stg_b']);
    expect(waitsFor(nodes, 'stg_a')).toEqual([]);
  });

  test('is named once however many read it', () => {
    expect(ids(buildGraph(models, ['both', 'unused', 'both', 'days'])).sort()).toEqual([
      'both',
      'days',
      'stg_a',
      'stg_b',
      'unused',
    ]);
  });

  test('leaves out what base has, and what only that needs', () => {
    expect(ids(buildGraph(models, ['both'], new Set(['days'])))).toEqual(['stg_b', 'both']);
    expect(waitsFor(buildGraph(models, ['both'], new Set(['days'])), 'both')).toEqual(['stg_b']);
    expect(ids(buildGraph(models, ['days'], new Set(['days'])))).toEqual([]);
    // asked for by name, it runs all the same
    expect(ids(buildGraph(models, ['both', 'stg_a'], new Set(['days'])))).toEqual(['stg_b', 'both', 'stg_a']);
  });

  test('goes through inline models, which are no nodes', () => {
    const set = modelSet(
      model('stg', 'staging', 'select 1'),
      model('thin', 'features', ref('stg'), INLINE),
      model('top', 'scores', ref('thin')),
    );
    const nodes = buildGraph(set, ['top']);
    expect(ids(nodes)).toEqual(['stg', 'top']);
    expect(waitsFor(nodes, 'top')).toEqual(['stg']);
  });

  test('takes a table of base as it is', () => {
    const set = modelSet(model('members', 'snapshots', "select 1 from {{ ref('members@base') }}"));
    expect(ids(buildGraph(set, ['members']))).toEqual(['members']);
    expect(waitsFor(buildGraph(set, ['members']), 'members')).toEqual([]);
  });
});

describe('a date', () => {
  const models = modelSet(
    model('days', 'rollups', 'select 1'),
    model('date', 'features', 'select 1', { provides: { frozen_date: 'x' } }),
    model('far', 'scores', ref('orders@frozen_date'), { provides: { horizon_days: 'x' } }),
    model('orders', 'features', `${ref('days')} where day <= {{ param('as_of') }}`),
    model('plain', 'features', ref('days')),
    model('stage', 'scores', ref('orders', 'plain')),
    model('test', 'scores', ref('stage@backtest_date', 'orders')),
  );

  test('makes a node of its own, which waits for what decides the date', () => {
    const nodes = buildGraph(models, ['test']);
    expect(ids(nodes).sort()).toEqual([
      'date',
      'days',
      'far',
      'orders',
      'orders@backtest_date',
      'orders@frozen_date',
      'plain',
      'stage@backtest_date',
      'test',
    ]);
    expect(waitsFor(nodes, 'orders')).toEqual(['days']);
    expect(waitsFor(nodes, 'orders@frozen_date')).toEqual(['date', 'days']);
    expect(waitsFor(nodes, 'orders@backtest_date')).toEqual(['days', 'far']);
    expect(waitsFor(nodes, 'stage@backtest_date')).toEqual(['orders@backtest_date', 'plain']);
    expect(waitsFor(nodes, 'test')).toEqual(['orders', 'stage@backtest_date']);
  });

  test('changes only what asks for it and what builds on that', () => {
    // far names its date itself, so it is the same at every date
    expect([...asOfModels(models)].sort()).toEqual(['orders', 'stage', 'test']);
  });

  test('moves the other parameters of a date along', () => {
    for (const parameter of ['as_of', 'year_ago', 'rfm_since', 'new_since']) {
      expect([...asOfModels(modelSet(model('window', 'features', `select {{ param('${parameter}') }}`)))]).toEqual([
        'window',
      ]);
    }
    expect([...asOfModels(modelSet(model('night', 'features', "select {{ param('run_date') }}")))]).toEqual([]);
  });

  test('must be one there is', () => {
    const set = modelSet(
      model('orders', 'features', "select {{ param('as_of') }}"),
      model('top', 'scores', ref('orders@yesterday')),
    );
    const error = thrownBy(() => buildGraph(set, ['top']));
    expect(error).toMatchObject({ name: 'DefinitionError', code: 'unknown_as_of' });
    expect(error.remedy).toContain('backtest_date');
  });
});

describe('a parameter', () => {
  const models = modelSet(
    model('horizon', 'scores', 'select 1', { provides: { horizon_days: 'x' } }),
    model('reader', 'snapshots', "select {{ param('horizon_days') }}"),
    model('dated', 'snapshots', "select {{ param('backtest_date') }}"),
    model('other', 'snapshots', "select {{ param('run_date') }}"),
  );

  test('that a model decides makes its readers wait for it', () => {
    expect(waitsFor(buildGraph(models, ['reader']), 'reader')).toEqual(['horizon']);
    expect(waitsFor(buildGraph(models, ['dated']), 'dated')).toEqual(['horizon']);
    expect(ids(buildGraph(models, ['other']))).toEqual(['other']);
    expect([...providers(models)]).toEqual([['horizon_days', 'horizon']]);
  });

  test('that base decided is not waited for', () => {
    expect(ids(buildGraph(models, ['reader'], new Set(['horizon'])))).toEqual(['reader']);
  });
});

describe('refused', () => {
  test('a ref to nothing, with the nearest name', () => {
    const error = thrownBy(() =>
      buildGraph(modelSet(model('stg_orders', 'staging', 'select 1'), model('top', 'scores', ref('stg_order'))), [
        'top',
      ]),
    );
    expect(error).toMatchObject({
      name: 'DefinitionError',
      code: 'unknown_model',
      place: { file: 'sql/scores/top.sql' },
    });
    expect(error.remedy).toContain('stg_orders');
  });

  test('a target that does not exist', () => {
    expect(thrownBy(() => buildGraph(modelSet(), ['people']))).toMatchObject({ code: 'unknown_model' });
  });

  test('models that depend on each other, with the way round', () => {
    const set = modelSet(
      model('a', 'scores', ref('b')),
      model('b', 'scores', ref('c')),
      model('c', 'scores', ref('a')),
    );
    const error = thrownBy(() => buildGraph(set, ['a']));
    expect(error).toMatchObject({ name: 'DefinitionError', code: 'model_cycle' });
    expect(error.found).toContain('a → b → c → a');
    expect(thrownBy(() => buildGraph(modelSet(model('a', 'scores', ref('a'))), ['a'])).found).toContain('a → a');
  });

  test('a circle through inline models and through a parameter', () => {
    const inline = modelSet(model('a', 'scores', ref('b')), model('b', 'scores', ref('a'), INLINE));
    expect(thrownBy(() => buildGraph(inline, ['a']))).toMatchObject({ code: 'model_cycle' });
    const decided = modelSet(
      model('h', 'scores', ref('reader'), { provides: { horizon_days: 'x' } }),
      model('reader', 'scores', "select {{ param('horizon_days') }}"),
    );
    expect(thrownBy(() => buildGraph(decided, ['reader']))).toMatchObject({ code: 'model_cycle' });
  });

  test('a ref to a later layer, but not to the same one', () => {
    const set = modelSet(
      model('early', 'features', ref('late')),
      model('late', 'scores', 'select 1'),
      model('beside', 'scores', ref('late')),
    );
    const error = thrownBy(() => buildGraph(set, ['early']));
    expect(error).toMatchObject({
      name: 'DefinitionError',
      code: 'layer_order',
      place: { file: 'sql/features/early.sql' },
    });
    expect(error.found).toContain('late');
    expect(ids(buildGraph(set, ['beside']))).toEqual(['late', 'beside']);
  });

  test('an inline model named twice in one query, but not settings', () => {
    const twice = (layer: 'features' | 'settings') =>
      modelSet(model('thin', layer, 'select 1', INLINE), model('top', 'scores', ref('thin', 'thin')));
    expect(thrownBy(() => buildGraph(twice('features'), ['top']))).toMatchObject({
      code: 'inline_used_twice',
      place: { file: 'sql/scores/top.sql' },
    });
    expect(ids(buildGraph(twice('settings'), ['top']))).toEqual(['top']);
    const table = modelSet(model('thick', 'features', 'select 1'), model('top', 'scores', ref('thick', 'thick')));
    expect(ids(buildGraph(table, ['top']))).toEqual(['thick', 'top']);
  });
});

describe('a table at the run date only', () => {
  const models = modelSet(
    model('days', 'rollups', 'select 1'),
    model('date', 'features', 'select 1', { provides: { frozen_date: 'x' } }),
    model('orders', 'features', `${ref('days')} where day <= {{ param('as_of') }}`, {
      materialised: 'table_at_run_date',
    }),
    model('cuts', 'scores', ref('orders@frozen_date')),
    model('stage', 'scores', ref('orders', 'cuts')),
  );

  test('is a node tonight and part of the query at another date', () => {
    const nodes = buildGraph(models, ['stage']);
    expect(ids(nodes).sort()).toEqual(['cuts', 'date', 'days', 'orders', 'stage']);
    expect(waitsFor(nodes, 'cuts')).toEqual(['date', 'days']);
  });

  test('may not stand twice in one query at another date', () => {
    const set = modelSet(...models.values(), model('twice', 'scores', ref('orders@frozen_date', 'orders@frozen_date')));
    expect(thrownBy(() => buildGraph(set, ['twice']))).toMatchObject({ code: 'inline_used_twice' });
  });
});
