import { textLiteral } from '../sql/literals';
import type { Operand, ResolvedCondition, Scalar } from './definition';
import { scalarLiteral } from './literals';
import type { Operator } from './operators';

type FieldCondition = Extract<ResolvedCondition, { kind: 'field' }>;

const RUN_DATE = "{{ param('run_date') }}";

/**
 * A condition as a SQL predicate over the profile's columns. Logic is three-valued: an unknown value makes a comparison
 * neither true nor false, and `not` of it stays unknown. Whether somebody is a member of another segment is always known.
 */
export function predicate(condition: ResolvedCondition): string {
  switch (condition.kind) {
    case 'all':
      return condition.conditions.map(predicate).map(bracket).join(' and ');
    case 'any':
      return condition.conditions.map(predicate).map(bracket).join(' or ');
    case 'not':
      return `not (${predicate(condition.condition)})`;
    case 'member':
      return membership(condition.condition);
    case 'field':
      return comparison(condition);
  }
}

/** A predicate that is never unknown: who is in, and everybody else. */
export function membership(condition: ResolvedCondition): string {
  return `coalesce(${predicate(condition)}, false)`;
}

const bracket = (sql: string): string => `(${sql})`;

const COMPARISONS: Partial<Record<Operator, string>> = {
  at_least: '>=',
  at_most: '<=',
  more_than: '>',
  less_than: '<',
  is: '=',
  is_not: '<>',
  on_or_after: '>=',
  on_or_before: '<=',
};

function comparison(condition: FieldCondition): string {
  const { column, operator, operand } = condition;
  // A double that decides a membership is rounded first: its last digits differ between engines.
  const field = column.type === 'double' ? `round(${column.name}, 6)` : column.name;
  const literal = (value: Scalar): string => scalarLiteral(value, column);
  const sign = COMPARISONS[operator];
  if (sign !== undefined) return `${field} ${sign} ${literal(operand as Scalar)}`;
  switch (operator) {
    case 'between': {
      const [from, to] = operand as readonly [Scalar, Scalar];
      return `${field} between ${literal(from)} and ${literal(to)}`;
    }
    case 'any_of':
      return `${field} in (${listOf(operand)})`;
    case 'none_of':
      return `${field} not in (${listOf(operand)})`;
    case 'within_days':
      return `${field} between ${daysFromRunDate(1 - (operand as number))} and ${RUN_DATE}`;
    case 'within_next_days':
      return `${field} between ${daysFromRunDate(1)} and ${daysFromRunDate(operand as number)}`;
    case 'not_within_days':
      return `${field} not between ${daysFromRunDate(1 - (operand as number))} and ${RUN_DATE}`;
    case 'known':
      return `${column.name} is ${operand === true ? 'not null' : 'null'}`;
    default:
      throw new RangeError(`no comparison for the operator ${operator}`);
  }
}

function listOf(operand: Operand): string {
  return (operand as readonly string[]).map(textLiteral).join(', ');
}

function daysFromRunDate(days: number): string {
  return `cast(${RUN_DATE} ${days < 0 ? '-' : '+'} interval '${Math.abs(days)}' day as date)`;
}
