import type { Column } from '../models/sidecar';

/** What a field holds, as far as a segment's author is concerned. */
export type FieldType = 'number' | 'date' | 'text' | 'boolean';

/** What an operator compares with. `value` is one value of the field's own type, `values` a list of them, `days` a whole number of days. */
export type OperandKind = 'value' | 'range' | 'values' | 'days' | 'flag';

export interface OperatorFacts {
  operand: OperandKind;
  /** Reads after the field's name: 'recency days is at least 30'. {x}, {from} and {to} stand for the operand. */
  phrase: string;
  description: string;
}

const value = (phrase: string, description: string): OperatorFacts => ({ operand: 'value', phrase, description });
const days = (phrase: string, description: string): OperatorFacts => ({ operand: 'days', phrase, description });

const KNOWN: OperatorFacts = {
  operand: 'flag',
  phrase: 'is {x}',
  description: 'true: the value is known; false: it is not.',
};

/**
 * Every operator by the type of its field. Days are local days of the shop: `within_days: 30` is the 30 days that end on the
 * run date (the run date is the first of them), `within_next_days: 30` the 30 days after it, and `not_within_days` everything
 * but the days of `within_days`. Only `known` says something about a value that is not known: for every other operator such
 * a person is neither in nor out.
 */
export const OPERATORS = {
  number: {
    at_least: value('is at least {x}', 'This much or more.'),
    at_most: value('is at most {x}', 'This much or less.'),
    more_than: value('is more than {x}', 'More than this.'),
    less_than: value('is less than {x}', 'Less than this.'),
    is: value('is {x}', 'Exactly this.'),
    is_not: value('is not {x}', 'Anything but this.'),
    between: {
      operand: 'range',
      phrase: 'is between {from} and {to}',
      description: 'From the first to the second value, both included.',
    },
    known: KNOWN,
  },
  date: {
    on_or_after: value('is on or after {x}', 'This day or later.'),
    on_or_before: value('is on or before {x}', 'This day or earlier.'),
    within_days: days('is within the last {x}', 'One of the last so many days; the run date is the first of them.'),
    within_next_days: days('is within the next {x}', 'One of the so many days after the run date.'),
    not_within_days: days('is not within the last {x}', 'Earlier than the last so many days, or after the run date.'),
    known: KNOWN,
  },
  text: {
    is: value('is {x}', 'Exactly this text.'),
    is_not: value('is not {x}', 'Any text but this.'),
    any_of: { operand: 'values', phrase: 'is {x}', description: 'One of these texts.' },
    none_of: { operand: 'values', phrase: 'is none of {x}', description: 'A text that is none of these.' },
    known: KNOWN,
  },
  boolean: {
    is: value('is {x}', 'True or false.'),
    known: KNOWN,
  },
} as const satisfies Record<FieldType, Record<string, OperatorFacts>>;

export type Operator = { [T in FieldType]: keyof (typeof OPERATORS)[T] }[FieldType];

/** Every operator of any type, each once. */
export const OPERATOR_NAMES: readonly Operator[] = [
  ...new Set(Object.values(OPERATORS).flatMap((table) => Object.keys(table) as Operator[])),
];

export function isOperator(name: string): name is Operator {
  return (OPERATOR_NAMES as readonly string[]).includes(name);
}

/** What an operator means for a field type, or undefined where it means nothing. */
export function operatorFacts(type: FieldType, operator: Operator): OperatorFacts | undefined {
  return (OPERATORS[type] as Partial<Record<Operator, OperatorFacts>>)[operator];
}

export function fieldType(column: Pick<Column, 'type'>): FieldType {
  if (column.type === 'varchar') return 'text';
  if (column.type === 'date' || column.type === 'boolean') return column.type;
  return 'number';
}

export const FIELD_TYPE_WORDS: Record<FieldType, string> = {
  number: 'a number',
  date: 'a date',
  text: 'text',
  boolean: 'true or false',
};
