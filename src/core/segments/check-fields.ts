import { DefinitionError } from '../errors';
import { type Column, missingNeeds } from '../models/sidecar';
import { suggest } from '../nearest';
import type { Condition, Operand } from './definition';
import { scalarProblem } from './literals';
import { FIELD_TYPE_WORDS, fieldType, OPERATORS, type OperatorFacts, operatorFacts } from './operators';
import { children } from './references';

const MOST_DAYS = 3660;

/** The one setting without which fields stay empty; others need sources. */
const CONTACT = 'contact';

export interface FieldSurroundings {
  /** The segmentable columns of the profile. */
  fields: readonly Column[];
  /** Sources the shop maps, and `contact` where it is set. A field that needs another one is refused: it would be silently empty. */
  mappedSources: ReadonlySet<string>;
}

/** Tells every field that does not exist or lacks its source, operator that does not fit, and value of a wrong type. */
export function checkFields(
  condition: Condition,
  file: string,
  surroundings: FieldSurroundings,
  errors: DefinitionError[],
): void {
  for (const child of children(condition)) checkFields(child, file, surroundings, errors);
  if (condition.kind !== 'field') return;
  const problem = fieldProblem(condition, surroundings);
  if (problem) errors.push(new DefinitionError({ ...problem, place: { file, line: condition.line } }));
}

function fieldProblem(
  { field, operator, operand }: Extract<Condition, { kind: 'field' }>,
  { fields, mappedSources }: FieldSurroundings,
): { code: string; found: string; remedy: string } | undefined {
  const column = fields.find((one) => one.name === field);
  if (!column) {
    const names = fields.map((one) => one.name);
    return {
      code: 'unknown_field',
      found: `there is no field ${JSON.stringify(field.slice(0, 60))}`,
      remedy: suggest(field, names),
    };
  }
  const missing = missingNeeds(column, mappedSources);
  if (missing.includes(CONTACT)) {
    return {
      code: 'field_needs_setting',
      found: `${field} needs the shop's costs under ${CONTACT}, which tidemark.yml does not have`,
      remedy: `add ${CONTACT} with gross_margin, offer_cost, contact_cost and offer_success, or take the condition out`,
    };
  }
  if (missing.length > 0) {
    const names = missing.join(' and ');
    return {
      code: 'field_needs_source',
      found: `${field} needs the source${missing.length > 1 ? 's' : ''} ${names}, which tidemark.yml does not map`,
      remedy: `map ${names} under sources, or take the condition out`,
    };
  }
  const type = fieldType(column);
  const facts = operatorFacts(type, operator);
  if (!facts) {
    return {
      code: 'operator_type',
      found: `${operator} does not fit ${field}, which holds ${FIELD_TYPE_WORDS[type]}`,
      remedy: `use one of ${Object.keys(OPERATORS[type]).join(', ')}`,
    };
  }
  const problem = operandProblem(operand, facts, column);
  if (!problem) return undefined;
  const { code = 'wrong_type', found, remedy } = problem;
  return { code, found: `the value after \`${operator}\` for ${field} ${found}`, remedy };
}

type OperandProblem = { code?: string; found: string; remedy: string } | undefined;

function operandProblem(operand: Operand, facts: OperatorFacts, column: Column): OperandProblem {
  switch (facts.operand) {
    case 'value':
      return valueProblem(operand, column);
    case 'values':
      if (!Array.isArray(operand) || operand.length === 0)
        return { found: 'is no list', remedy: 'write a list such as [first, second]' };
      return operand.map((one) => valueProblem(one, column)).find((one) => one !== undefined);
    case 'range': {
      if (!Array.isArray(operand) || operand.length !== 2)
        return { found: 'is no pair', remedy: 'write the lowest and the highest value: [10, 20]' };
      const problem = operand.map((one) => valueProblem(one, column)).find((one) => one !== undefined);
      return (
        problem ??
        (operand[0] <= operand[1]
          ? undefined
          : { code: 'invalid_value', found: 'begins with the higher one', remedy: 'write the lower value first' })
      );
    }
    case 'days':
      if (Number.isInteger(operand) && (operand as number) >= 1 && (operand as number) <= MOST_DAYS) return undefined;
      return { found: 'is no number of days', remedy: `write a whole number from 1 to ${MOST_DAYS}` };
    case 'flag':
      return typeof operand === 'boolean'
        ? undefined
        : { found: 'is not true or false', remedy: 'write true or false, without quotes' };
  }
}

function valueProblem(value: unknown, column: Column): OperandProblem {
  const problem = scalarProblem(value, column);
  if (problem || column.values === undefined || column.values.includes(value as string)) return problem;
  const found = `is ${JSON.stringify(String(value).slice(0, 60))}, which the field cannot have`;
  return { code: 'unknown_value', found, remedy: suggest(String(value), column.values) };
}
