import pc from 'picocolors';
import { describeError, errorReport, exitCodeOf } from '../../src/cli/report-error';
import { DefinitionError, DefinitionErrors, EngineError, SourceContractError } from '../../src/core/errors';

const colors = pc.createColors(false);
const facts = { code: 'x', found: 'something', remedy: 'do that', place: { file: 'tidemark.yml', line: 3 } };

test.each([
  [new DefinitionError(facts), 2],
  [new SourceContractError(facts), 3],
  [new EngineError(facts), 1],
  [new Error('anna@example.com'), 1],
])('exit codes: %#', (error, code) => expect(exitCodeOf(error)).toBe(code));

test('place, what was found, what to do', () => {
  expect(describeError(new EngineError(facts), colors, false)).toBe('error: tidemark.yml:3: something\n  → do that');
});

test('several errors stand one below the other', () => {
  const both = new DefinitionErrors([
    new DefinitionError(facts),
    new DefinitionError({ ...facts, found: 'another thing' }),
  ]);
  const text = describeError(both, colors, false);
  expect(text.match(/error:/g)).toHaveLength(2);
  expect(errorReport(both).error.errors.map((error) => error.found)).toEqual(['something', 'another thing']);
});

test('an unexpected error shows its text only on demand: it may hold a value', () => {
  const error = new TypeError('cannot read anna@example.com');
  expect(describeError(error, colors, false)).not.toContain('anna');
  expect(JSON.stringify(errorReport(error))).not.toContain('anna');
  const one = { name: 'UnexpectedError', code: 'unexpected', place: null };
  expect(errorReport(error).error).toMatchObject({ ...one, exit_code: 1, errors: [one] });
  expect(describeError(error, colors, true)).toContain('anna');
});
