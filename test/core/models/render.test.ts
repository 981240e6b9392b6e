import { placeholders, render } from '../../../src/core/models/render';
import { thrownBy } from './model';

const shown = (sql: string): string =>
  render(sql, 'sql/staging/a.sql', ({ kind, argument }) => `<${kind} ${argument}>`);

describe('placeholders', () => {
  test.each([
    ["from {{ ref('days') }}", 'from <ref days>'],
    ["from {{ref('days')}}", 'from <ref days>'],
    ["from {{   source('order_lines')   }}", 'from <source order_lines>'],
    ["where day <= {{ param('run_date') }}", 'where day <= <param run_date>'],
    ["{{ ref('orders@frozen_date') }} {{ ref('orders@base') }}", '<ref orders@frozen_date> <ref orders@base>'],
    ['no placeholder { at all }', 'no placeholder { at all }'],
    ['', ''],
  ])('%s', (sql, expected) => {
    expect(shown(sql)).toBe(expected);
  });

  test('are listed in order of appearance, repeats included', () => {
    expect(placeholders("{{ ref('b') }} {{ param('a') }} {{ ref('b') }}")).toEqual([
      { kind: 'ref', argument: 'b' },
      { kind: 'param', argument: 'a' },
      { kind: 'ref', argument: 'b' },
    ]);
  });

  test('that were put in are not looked at again, nor read as a pattern', () => {
    expect(render("{{ ref('a') }}", 'f', () => "$& {{ ref('b') }}")).toBe("$& {{ ref('b') }}");
  });
});

describe('anything else in double braces is refused with its line', () => {
  test.each([
    ['{{ now() }}', 1],
    ["select 1\nfrom {{ ref('a') }}\nwhere {% if x %} }}", 3],
    ['\n\n{{ ref(days) }}', 3],
    ["{{ ref('Days') }}", 1],
    ["{{ ref('days', 'x') }}", 1],
    ["{{ ref('days; drop') }}", 1],
    ["select '}}'", 1],
    ["{{ ref('a')\n}\n}} {{", 1],
    ["{{ config('a') }}", 1],
  ])('%j', (sql, line) => {
    expect(thrownBy(() => shown(sql))).toMatchObject({
      name: 'DefinitionError',
      code: 'unknown_placeholder',
      place: { file: 'sql/staging/a.sql', line },
    });
  });
});
