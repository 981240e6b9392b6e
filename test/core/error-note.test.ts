import { errorNote, errorOf, errorText } from '../../src/core/error-note';
import { CheckFailedError, DefinitionError, DefinitionErrors } from '../../src/core/errors';

const failed = new CheckFailedError({
  code: 'check_failed',
  place: { table: 'people', column: 'id' },
  found: '3 rows share an id',
  remedy: 'look at the rows',
  cause: new Error('jane@example.com'),
});

test('an error travels as plain JSON, without its cause', () => {
  const note = errorNote(failed);
  expect(JSON.parse(JSON.stringify(note))).toEqual({
    name: 'CheckFailedError',
    code: 'check_failed',
    found: '3 rows share an id',
    remedy: 'look at the rows',
    place: { table: 'people', column: 'id' },
  });
  expect(errorText(note)).toBe('check_failed: people.id: 3 rows share an id\n  → look at the rows');
});

test('what nobody threw on purpose is told by its kind', () => {
  const note = errorNote(new TypeError('jane@example.com is not a function'));
  expect(note).toMatchObject({ name: 'UnexpectedError', code: 'unexpected' });
  expect(errorText(note)).not.toContain('jane');
  expect(errorText(errorNote('jane'))).not.toContain('jane');
});

test('very many mistakes are cut short', () => {
  const one = new DefinitionError({ code: 'unknown_key', found: 'x'.repeat(500), remedy: 'y' });
  const { found } = errorNote(new DefinitionErrors(Array.from({ length: 1000 }, () => one)));
  expect(found.length).toBeLessThan(8100);
  expect(found).toMatch(/ and more$/);
});

test('an error that travelled is told under its own name, however often, with lines of code and no other text', () => {
  const note = errorNote(failed);
  const error = errorOf(note, new Error('jane@example.com'));
  expect([error.name, error.message]).toEqual(['CheckFailedError', errorText(note)]);
  expect(error.stack).toMatch(/^CheckFailedError: check_failed\n {4}at /);
  expect(error.stack).not.toContain('jane');
  expect(errorNote(error)).toEqual(note);
});
