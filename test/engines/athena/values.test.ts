import { plainValue } from '../../../src/engines/athena/values';

test.each([
  ['bigint', '1', 1],
  ['bigint', '9007199254740991', 9007199254740991],
  ['bigint', '9007199254740993', 9007199254740993n],
  ['bigint', '-9223372036854775808', -9223372036854775808n],
  ['integer', '-5', -5],
  ['smallint', '0', 0],
  ['double', '1.5', 1.5],
  ['double', '1.0E-9', 1e-9],
  ['double', 'NaN', Number.NaN],
  ['double', '-Infinity', Number.NEGATIVE_INFINITY],
  ['float', '0.1', 0.1],
  ['boolean', 'true', true],
  ['boolean', 'false', false],
  ['decimal', '1.5000', '1.5000'],
  ['date', '2024-02-29', '2024-02-29'],
  ['varchar', '', ''],
  ['varchar', "O'Brien; -- 😀", "O'Brien; -- 😀"],
  ['array', '[1, 2]', '[1, 2]'],
  ['bigint', undefined, null],
  ['varchar', undefined, null],
])('%s %s', (type, text, expected) => expect(plainValue(text, type)).toBe(expected));
