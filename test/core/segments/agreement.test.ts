import fc from 'fast-check';
import { addDays } from '../../../src/core/dates';
import { compileSegments } from '../../../src/core/segments/compile';
import { membershipsSelect } from '../../../src/core/segments/relations';
import { FIELDS } from './profile-fields';
import { type Database, openDatabase, RUN_DATE, rendered, segment } from './support';

/** An independent reading of the language: plain values, three-valued logic with null for unknown. */
type Plain = Record<string, unknown>;
type Truth = boolean | null;

function holds(condition: Plain, person: Plain, others: Record<string, Plain>): Truth {
  if ('all' in condition) return (condition.all as Plain[]).map((one) => holds(one, person, others)).reduce(and, true);
  if ('any' in condition)
    return not((condition.any as Plain[]).map((one) => not(holds(one, person, others))).reduce(and, true));
  if ('not' in condition) return not(holds(condition.not as Plain, person, others));
  if ('segment' in condition) return holds(others[condition.segment as string] as Plain, person, others) === true;
  const { field, ...rest } = condition;
  const [operator, operand] = Object.entries(rest)[0] as [string, never];
  const value = (person[field as string] ?? null) as never;
  if (operator === 'known') return (value !== null) === operand;
  return value === null ? null : compare(operator, value, operand);
}

const not = (one: Truth): Truth => (one === null ? null : !one);
const and = (one: Truth, other: Truth): Truth =>
  one === false || other === false ? false : one === null || other === null ? null : true;

function compare(operator: string, value: never, operand: never): boolean {
  const days = operand as number;
  const day = value as string;
  switch (operator) {
    case 'at_least':
    case 'on_or_after':
      return value >= operand;
    case 'at_most':
    case 'on_or_before':
      return value <= operand;
    case 'more_than':
      return value > operand;
    case 'less_than':
      return value < operand;
    case 'is':
      return value === operand;
    case 'is_not':
      return value !== operand;
    case 'between':
      return value >= operand[0] && value <= operand[1];
    case 'any_of':
      return (operand as unknown[]).includes(value);
    case 'none_of':
      return !(operand as unknown[]).includes(value);
    case 'within_days':
      return day > addDays(RUN_DATE, -days) && day <= RUN_DATE;
    case 'not_within_days':
      return !(day > addDays(RUN_DATE, -days) && day <= RUN_DATE);
    case 'within_next_days':
      return day > RUN_DATE && day <= addDays(RUN_DATE, days);
    default:
      throw new Error(`the evaluator of this test does not know ${operator}`);
  }
}

const whole = fc.integer({ min: -2, max: 6 });
const money = fc.integer({ min: -300, max: 300 }).map((cents) => cents / 100);
const ratio = fc.integer({ min: -4, max: 4 }).map((millionths) => millionths / 1_000_000);
const day = fc.integer({ min: -5, max: 5 }).map((offset) => addDays(RUN_DATE, offset));
const text = fc.constantFrom('top', 'high', "o'hara; drop table x --", "{{ ref('people') }}", '}}😀{{{', '"', 'a\nb');
const stage = fc.constantFrom('new', 'active', 'lapsed');

const VALUES: Record<string, fc.Arbitrary<unknown>> = {
  recency_days: whole,
  order_count: whole,
  spend_amount: money,
  overdue_ratio: ratio,
  value_tier: text,
  lifecycle_stage: stage,
  first_order_date: day,
  is_business: fc.boolean(),
};

const person = fc.record(
  Object.fromEntries(Object.entries(VALUES).map(([name, value]) => [name, fc.option(value, { freq: 3 })])),
);

function leaf(field: string, value: fc.Arbitrary<unknown>): fc.Arbitrary<Plain> {
  const type = FIELDS.find((one) => one.name === field)?.type as string;
  const one = (...operators: string[]) =>
    operators.map((name) => value.map((operand): Plain => ({ field, [name]: operand })));
  const list = (...operators: string[]) =>
    operators.map((name) =>
      fc.array(value, { minLength: 1, maxLength: 3 }).map((operand): Plain => ({ field, [name]: operand })),
    );
  const days = (...operators: string[]) =>
    operators.map((name) => fc.integer({ min: 1, max: 4 }).map((operand): Plain => ({ field, [name]: operand })));
  const known = fc.boolean().map((operand): Plain => ({ field, known: operand }));
  const range = fc
    .tuple(value, value)
    .map((pair): Plain => ({ field, between: pair.sort((a, b) => (a as number) - (b as number)) }));
  if (type === 'boolean') return fc.oneof(known, ...one('is'));
  if (type === 'varchar') return fc.oneof(known, ...one('is', 'is_not'), ...list('any_of', 'none_of'));
  if (type === 'date')
    return fc.oneof(
      known,
      ...one('on_or_after', 'on_or_before'),
      ...days('within_days', 'within_next_days', 'not_within_days'),
    );
  return fc.oneof(known, range, ...one('at_least', 'at_most', 'more_than', 'less_than', 'is', 'is_not'));
}

const { tree } = fc.letrec<{ tree: Plain }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    ...Object.entries(VALUES).map(([field, value]) => leaf(field, value)),
    fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((all): Plain => ({ all })),
    fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((any): Plain => ({ any })),
    tie('tree').map((inner): Plain => ({ not: inner })),
    fc.constantFrom('other', 'draft_one').map((segment): Plain => ({ segment })),
  ),
}));

function insertOf(people: readonly Plain[]): string {
  const columns = Object.keys(VALUES);
  const literal = (value: unknown): string =>
    value === null ? 'null' : typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
  const rows = people.map((one, index) => `('p${index}', ${columns.map((column) => literal(one[column])).join(', ')})`);
  return `insert into people (id, ${columns.join(', ')}) values ${rows.join(', ')}`;
}

describe('compiled segments', () => {
  let database: Database;
  beforeAll(async () => {
    database = await openDatabase();
    await database.run(
      `create table people (id varchar, ${FIELDS.map(({ name, type }) => `${name} ${type}`).join(', ')})`,
    );
  });
  afterAll(() => database.close());

  it('hold exactly those an independent reading of the language says', async () => {
    const leaves = Object.entries(VALUES).map(([field, value]) => leaf(field, value));
    const plain = fc.oneof(...leaves);
    await fc.assert(
      fc.asyncProperty(
        fc.array(tree, { minLength: 1, maxLength: 12 }),
        plain,
        plain,
        fc.array(person, { minLength: 1, maxLength: 25 }),
        async (trees, other, draft, people) => {
          const named = Object.fromEntries([
            ...trees.map((one, index) => [`s${index}`, one]),
            ['other', other],
          ]) as Record<string, Plain>;
          const definitions = Object.entries(named).map(([key, when]) => segment(key, when));
          const all = [...definitions, segment('draft_one', draft, { status: 'draft' })];
          await database.run('delete from people');
          await database.run(insertOf(people));
          const sql = rendered(membershipsSelect(compileSegments(all, FIELDS, new Set())));
          const found = (await database.rows(sql)).map((row) => `${row.person_id} ${row.audience_id}`).sort();
          const expected = people.flatMap((one, index) =>
            Object.entries(named)
              .filter(([, when]) => holds(when, one, { ...named, draft_one: draft }) === true)
              .map(([key]) => `p${index} ${key}`),
          );
          expect(found).toEqual(expected.sort());
        },
      ),
      { numRuns: 60 },
    );
  });
});
