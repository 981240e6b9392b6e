import type { Column } from '../../src/core/models/sidecar';
import {
  FIELD_TYPE_WORDS,
  type FieldType,
  fieldType,
  OPERATORS,
  type OperatorFacts,
} from '../../src/core/segments/operators';
import { code, list, page, table } from './markdown';

const EXAMPLES: Record<FieldType, Record<OperatorFacts['operand'], string>> = {
  number: { value: '30', range: '[10, 20]', values: '', days: '', flag: 'true' },
  date: { value: "'2026-01-31'", range: '', values: '', days: '30', flag: 'true' },
  text: { value: 'top', range: '', values: '[top, high]', days: '', flag: 'true' },
  boolean: { value: 'true', range: '', values: '', days: '', flag: 'true' },
};

/** What a segment may ask: the fields by the source they need, and the operators of each type. */
export function fieldsPage(columns: readonly Column[]): string {
  const fields = columns.filter((column) => column.segmentable);
  const groups = [...new Set(fields.map(needsOf))];
  return page(
    'Fields of segments',
    'A condition of a [segment](../../segments/README.md) is a field and one operator: `{ field: value_tier, any_of: [top, high] }`. The fields are columns of the published table [people](snapshot.md#people), as [customer_profiles](models.md#customer_profiles) marks them.',
    'A value that is not known (null) is neither in nor out of any comparison: who has no `overdue_ratio` does not hold `overdue_ratio: at_least: 2`, nor its opposite. Only `known` asks for it. A segment that uses a field whose source is not mapped, or whose setting is missing (`contact`), is refused.',
    '## Operators',
    ...(Object.keys(OPERATORS) as FieldType[]).map(operatorsPart),
    'Days are local days of the shop, counted from the run date, which is the first of the last so many days.',
    ...groups.flatMap((group) => [
      group === '' ? '## With orders alone' : `## With ${group}`,
      table(
        ['field', 'type', 'what it says', 'values'],
        fields
          .filter((field) => needsOf(field) === group)
          .map((field) => [code(field.name), typeOf(field), field.description, list(field.values ?? [])]),
      ),
    ]),
  );
}

const needsOf = (column: Column): string => [column.needs ?? []].flat().map(code).join(' and ');

const typeOf = (column: Column): string => `${fieldType(column)} (${code(column.type)})`;

function operatorsPart(type: FieldType): string {
  const rows = Object.entries(OPERATORS[type]).map(([name, facts]: [string, OperatorFacts]) => [
    code(`${name}: ${EXAMPLES[type][facts.operand]}`),
    facts.description,
  ]);
  return `For ${FIELD_TYPE_WORDS[type]}:\n\n${table(['operator', 'holds for'], rows)}`;
}
