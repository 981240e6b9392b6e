import pc from 'picocolors';
import { bar, percent } from '../../src/cli/format';
import { Progress } from '../../src/cli/progress';
import { processTerminal, type Terminal } from '../../src/cli/terminal';
import type { ModelNode } from '../../src/core/models/graph';
import type { ModelNote } from '../../src/pipeline/notes';

describe('colour and live progress', () => {
  const { isTTY } = process.stderr;
  const environment = { ...process.env };
  afterEach(() => {
    process.stdout.isTTY = isTTY;
    process.stderr.isTTY = isTTY;
    process.env = { ...environment };
  });

  test.each([
    ['a terminal', true, {}, true, true],
    ['a terminal with NO_COLOR', true, { NO_COLOR: '1' }, false, true],
    ['a terminal with an empty NO_COLOR', true, { NO_COLOR: '' }, true, true],
    ['a dumb terminal', true, { TERM: 'dumb' }, false, false],
    ['a pipe', false, {}, false, false],
  ])('%s', (_, isTerminal, env, hasColor, isLive) => {
    process.stdout.isTTY = isTerminal;
    process.stderr.isTTY = isTerminal;
    process.env = { ...environment, NO_COLOR: '', TERM: 'xterm', ...env };
    const terminal = processTerminal();
    expect([terminal.outColors.isColorSupported, terminal.errColors.isColorSupported]).toEqual([hasColor, hasColor]);
    expect(terminal.isLive).toBe(isLive);
  });
});

const node = (id: string, layer: string): ModelNode =>
  ({ id, model: { layer }, asOf: 'run_date', after: [] }) as unknown as ModelNode;
const note = (name: string, rows: number): ModelNote =>
  ({ node: name, rows, seconds: 0.1, check_seconds: 0.1 }) as ModelNote;

function progressOver(isLive: boolean): string {
  let said = '';
  const colors = pc.createColors(false);
  const err = (text: string): void => {
    said += text;
  };
  const terminal: Terminal = { out: err, err, outColors: colors, errColors: colors, isLive, width: 80, errWidth: 80 };
  const progress = new Progress(terminal, false);
  const nodes = [node('stg_orders', 'staging'), node('stg_events', 'staging'), node('people', 'snapshots')];
  progress.planned({ run_id: 'r', run_date: '2025-01-01', nodes, is_published: false });
  for (const { id } of nodes) progress.modelStarted(id);
  progress.modelDone(note('stg_orders', 1000), false);
  progress.modelDone(note('stg_events', 234), true);
  progress.end();
  return said;
}

test('a line for each layer once it is done, with what an earlier try had done', () => {
  const lines = progressOver(false).trim().split('\n');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/^ {2}staging +2 models +1,234 rows +\d+\.\d\d s +1 model done before$/);
});

test('on a terminal the live line is cleared away', () => {
  expect(progressOver(true).endsWith('\r\u001b[2K')).toBe(true);
});

test.each([
  [0, '0.0 %'],
  [0.0004, '< 0.1 %'],
  [0.5, '50.0 %'],
  [0.9996, '> 99.9 %'],
  [1, '100.0 %'],
])('a share of %s reads %s', (share, text) => expect(percent(share)).toBe(text));

test('a bar shows whatever is above nothing', () => {
  expect([bar(0, 10), bar(0.0001, 10), bar(0.5, 10), bar(1, 10)]).toEqual(['', '▏', '█████', '██████████']);
});
