import fc from 'fast-check';
import {
  bigintLiteral,
  booleanLiteral,
  dateLiteral,
  decimalLiteral,
  doubleLiteral,
  identifier,
  textLiteral,
} from '../../../src/core/sql/literals';
import { openConnection, query } from '../sources/run';

test.each<[() => string, string]>([
  [() => textLiteral("it's"), "'it''s'"],
  [() => textLiteral("{{ ref('x') }}"), "('{' || '{ ref(''x'') }' || '}')"],
  [() => textLiteral('{{{'), "('{' || '{' || '{')"],
  [() => dateLiteral('2024-02-29'), "date '2024-02-29'"],
  [() => bigintLiteral(-5), "cast('-5' as bigint)"],
  [() => decimalLiteral('012.50', 4, 2), "cast('012.50' as decimal(4,2))"],
  [() => doubleLiteral(0.1), '1E-1'],
  [() => doubleLiteral(1234.5), '1.2345E3'],
  [() => doubleLiteral(-0), '0E0'],
  [() => booleanLiteral(false), 'false'],
  [() => identifier('a "b"'), '"a ""b"""'],
])('%s', (make, expected) => {
  expect(make()).toBe(expected);
});

test.each<[string, () => string]>([
  ['NUL in a text', () => textLiteral('a\0b')],
  ['a day that does not exist', () => dateLiteral('2023-02-29')],
  ['a day with a tail', () => dateLiteral("2023-02-28' or 1=1 --")],
  ['a fraction', () => bigintLiteral(1.5)],
  ['65 bits', () => bigintLiteral(2n ** 63n)],
  ['a decimal in E notation', () => decimalLiteral('1e3', 18, 4)],
  ['too many digits', () => decimalLiteral('123.45', 4, 2)],
  ['too many fraction digits', () => decimalLiteral('1.234', 18, 2)],
  ['infinity', () => doubleLiteral(Number.POSITIVE_INFINITY)],
  ['an empty name', () => identifier('')],
  ['a name that looks like a placeholder', () => identifier("{{ ref('x') }}")],
])('%s is refused', (_name, make) => {
  expect(make).toThrow(expect.objectContaining({ name: 'DefinitionError', code: 'unsafe_literal' }));
});

test('any text and any double come back from the engine as they were', async () => {
  const connection = await openConnection();
  const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => !value.includes('\0'));
  await fc.assert(
    fc.asyncProperty(text, fc.double({ noNaN: true, noDefaultInfinity: true }), async (value, number) => {
      const sql = `select ${textLiteral(value)} as a, ${doubleLiteral(number)} as b, 1 as ${identifier(value.replaceAll('{{', '') || 'c')}`;
      const [row] = await query(connection, sql);
      expect(row?.a).toBe(value);
      expect(Number(row?.b)).toBe(Object.is(number, -0) ? 0 : number);
    }),
    { numRuns: 200 },
  );
});
