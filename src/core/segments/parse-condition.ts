import { suggest } from '../nearest';
import type { Condition, Operand } from './definition';
import { isOperator, OPERATOR_NAMES } from './operators';

type Path = readonly PropertyKey[];

/** What parsing needs to know about the file: where a path stands, and where to put what is wrong. */
export interface ConditionSource {
  lineOf(path: Path): number;
  problem(facts: { code: string; line: number; found: string; remedy: string }): void;
}

const SHAPES = ['all', 'any', 'not', 'segment', 'field'] as const;
const DEEPEST = 20;

/**
 * Reads the shape of a condition: all, any, not, segment, or a field with exactly one operator. Names of fields and types
 * of values are checked later, against the columns (resolve).
 *
 * @returns what could be read, so that its names are checked too; every problem is told to `source`.
 */
export function parseCondition(raw: unknown, path: Path, source: ConditionSource, depth = 1): Condition | undefined {
  const line = source.lineOf(path);
  const refuse = (code: string, found: string, remedy: string, at: Path = path): undefined => {
    source.problem({ code, line: source.lineOf(at), found, remedy });
    return undefined;
  };
  if (!isMap(raw))
    return refuse('condition_shape', 'a condition is no map of keys', `write one of ${SHAPES.join(', ')}`);
  if (depth > DEEPEST)
    return refuse(
      'condition_too_deep',
      `conditions are nested more than ${DEEPEST} deep`,
      'move a part into a segment of its own',
    );
  const keys = Object.keys(raw);
  const shapes = SHAPES.filter((shape) => keys.includes(shape));
  const shape = shapes[0];
  if (shape === undefined) return refuseUnknownShape(keys, path, refuse);
  if (shapes.length > 1)
    return refuse(
      'condition_shape',
      `one condition has both ${shapes[0]} and ${shapes[1]}`,
      'make each a list item of its own under all or any',
    );
  if (shape === 'field') return parseField(raw, path, line, refuse);
  for (const key of keys.filter((one) => one !== shape)) {
    refuse(
      'unknown_key',
      `the key ${key} stands beside ${shape}`,
      isOperator(key) ? 'operators belong beside field' : `only ${shape} belongs here`,
      [...path, key],
    );
  }
  if (keys.length > 1) return undefined;
  return parseNested(shape, raw[shape], [...path, shape], line, source, depth, refuse);
}

type Refuse = (code: string, found: string, remedy: string, at?: Path) => undefined;

function isMap(raw: unknown): raw is Record<string, unknown> {
  return raw !== null && typeof raw === 'object' && !Array.isArray(raw);
}

function refuseUnknownShape(keys: readonly string[], path: Path, refuse: Refuse): undefined {
  if (keys.length === 0) return refuse('condition_shape', 'a condition is empty', `write one of ${SHAPES.join(', ')}`);
  if (keys.some(isOperator))
    return refuse('condition_shape', 'an operator stands without a field', 'add field: and the name of a field');
  const key = keys[0] as string;
  return refuse(
    'unknown_key',
    `the unknown key ${JSON.stringify(key.slice(0, 60))} stands in a condition`,
    suggest(key, SHAPES),
    [...path, key],
  );
}

function parseNested(
  shape: 'all' | 'any' | 'not' | 'segment',
  raw: unknown,
  path: Path,
  line: number,
  source: ConditionSource,
  depth: number,
  refuse: Refuse,
): Condition | undefined {
  if (shape === 'segment') {
    if (typeof raw !== 'string')
      return refuse('wrong_type', 'segment is no text', 'write the key of a segment: its file name without .yml', path);
    return { kind: 'segment', key: raw, line };
  }
  if (shape === 'not') {
    const condition = parseCondition(raw, path, source, depth + 1);
    return condition && { kind: 'not', condition, line };
  }
  if (!Array.isArray(raw) || raw.length === 0)
    return refuse(
      'wrong_type',
      `${shape} holds no list of conditions`,
      'write at least one condition under it, each after a -',
      path,
    );
  const conditions = raw.map((item, index) => parseCondition(item, [...path, index], source, depth + 1));
  return { kind: shape, conditions: conditions.filter((one) => one !== undefined), line };
}

function parseField(raw: Record<string, unknown>, path: Path, line: number, refuse: Refuse): Condition | undefined {
  const others = Object.keys(raw).filter((key) => key !== 'field');
  const unknown = others.filter((key) => !isOperator(key));
  for (const key of unknown) {
    refuse('unknown_operator', `${JSON.stringify(key.slice(0, 60))} is no operator`, suggest(key, OPERATOR_NAMES), [
      ...path,
      key,
    ]);
  }
  if (typeof raw.field !== 'string')
    return refuse('wrong_type', 'field is no text', 'write the name of a field', [...path, 'field']);
  const operators = others.filter(isOperator);
  const operator = operators[0];
  if (operator === undefined)
    return unknown.length > 0
      ? undefined
      : refuse('operator_missing', `the field ${raw.field} has no operator`, `add one of ${OPERATOR_NAMES.join(', ')}`);
  if (operators.length > 1) {
    return refuse(
      'several_operators',
      `the field ${raw.field} has ${operators.length} operators`,
      'give each a list item of its own under all, or use between',
      [...path, operators[1] as string],
    );
  }
  if (unknown.length > 0) return undefined;
  return { kind: 'field', field: raw.field, operator, operand: raw[operator] as Operand, line };
}
