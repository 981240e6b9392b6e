import { parseNightInput } from '../../src/core/night';

test('the input of a night is believed as far as it is one', () => {
  expect(parseNightInput({})).toEqual({});
  const whole = { run_date: '2026-01-31', accept: true, full: false, fresh: 'again' };
  expect(parseNightInput(whole)).toEqual(whole);
});

test.each([
  [{ rundate: '2026-01-31' }, /"rundate"/, /did you mean run_date/],
  [{ accept: 'yes' }, /accept in the input/, /run_date/],
  [{ run_date: 20260131 }, /run_date in the input/, /"2026-01-31"/],
  ['2026-01-31', /no object/, /"run_date"/],
  [null, /no object/, /"run_date"/],
])('%j is refused', (value, found, remedy) => {
  expect(() => parseNightInput(value)).toThrow(
    expect.objectContaining({
      name: 'DefinitionError',
      code: 'night_input',
      found: expect.stringMatching(found),
      remedy: expect.stringMatching(remedy),
    }),
  );
});
