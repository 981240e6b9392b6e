import { malformed } from './errors';
import { closingBracket, leadingTrivia, placeOf, withoutComments, withoutQuoted } from './sql-text';

/** A statement by what Athena does with it. Names are lower case and without quotes. */
export type Statement =
  | { kind: 'select'; type: 'DML'; sql: string }
  | { kind: 'insert'; type: 'DML'; sql: string; name: TableName }
  | { kind: 'unload'; type: 'DML'; sql: string; select: string; start: Place; to: string; properties: Properties }
  | { kind: 'ctas'; type: 'DDL'; sql: string; name: TableName; properties: Properties; select: string; start: Place }
  | { kind: 'createView'; type: 'DDL'; sql: string; name: TableName; select: string; start: Place }
  | { kind: 'drop'; type: 'DDL'; sql: string; name: TableName; what: 'table' | 'view'; ifExists: boolean }
  | { kind: 'utility'; type: 'UTILITY'; sql: string; name?: TableName; isKnown: boolean };

export type Unload = Extract<Statement, { kind: 'unload' }>;
export type Ctas = Extract<Statement, { kind: 'ctas' }>;

export interface Place {
  line: number;
  column: number;
}
export interface TableName {
  database?: string;
  table: string;
}
export type Properties = Readonly<Record<string, string | string[]>>;

const PART = String.raw`(?:[\w$]+|"[^"]+"|\`[^\`]+\`)`;
const NAME = String.raw`(${PART}(?:\s*\.\s*${PART}){0,2})`;

/** Left to the engine as they are. */
const UTILITIES = /^(?:(?:show\s+(?:tables|schemas|columns|create\s+(?:view|table)))|describe|desc|explain)\b/i;

/**
 * What a text asks for; a semicolon at its end is taken off.
 *
 * @throws WireError MALFORMED_QUERY, where Athena's own grammar differs from the engine's.
 */
export function readStatement(text: string): Statement {
  const sql = text.replace(/(?:\s|;)+$/, '');
  const at = leadingTrivia(sql).length;
  const body = withoutComments(sql).slice(at);
  const readers: [RegExp, () => Statement][] = [
    [/^unload\b/i, () => readUnload(sql, at)],
    [/^insert\b/i, () => ({ kind: 'insert', type: 'DML', sql, name: nameAfter(body, 'insert\\s+into') })],
    [/^create\s+(or\s+replace\s+)?view\b/i, () => readView(sql, body, at)],
    [/^create\s+or\s+replace\s+table\b/i, () => refuseAt(sql, at + body.search(/table/i), "'VIEW'")],
    [/^create\s+table\b.*\bas\b/is, () => readCtas(sql, body, at)],
    [/^drop\s+(table|view)\b/i, () => readDrop(sql, body)],
    [/^(create|drop|alter|msck|show|describe|desc|explain|vacuum|optimize)\b/i, () => readUtility(sql, body)],
  ];
  return readers.find(([pattern]) => pattern.test(body))?.[1]() ?? { kind: 'select', type: 'DML', sql };
}

function readUnload(sql: string, at: number): Statement {
  const open = sql.indexOf('(', at);
  const close = open < 0 ? -1 : closingBracket(sql, open);
  if (close < 0) return refuseAt(sql, sql.length, "'('");
  const rest = withoutComments(sql).slice(close + 1);
  const to = /^\s*to\s+'((?:[^']|'')*)'\s*/i.exec(rest);
  if (!to) return refuseAt(sql, close + 1, "'TO'");
  const properties = readProperties(sql, close + 1 + to[0].length);
  if (!properties.format) return refuseAt(sql, sql.length, "'WITH'");
  const start = placeOf(sql, open + 1);
  return {
    kind: 'unload',
    type: 'DML',
    sql,
    select: sql.slice(open + 1, close),
    start,
    to: to[1] as string,
    properties,
  };
}

/** `WITH (format = 'PARQUET', partitioned_by = ARRAY['a', 'b'])` at a position; empty where there is none. */
function readProperties(sql: string, at: number): Properties {
  const rest = withoutComments(sql).slice(at);
  const head = /^\s*with\s*\(/i.exec(rest);
  if (!head) return {};
  const close = closingBracket(rest, head[0].length - 1);
  const found: Record<string, string | string[]> = {};
  const texts = (list: string): string[] => [...list.matchAll(/'((?:[^']|'')*)'/g)].map(([, text]) => text as string);
  const property = /(\w+)\s*=\s*(?:array\s*\[([^\]]*)\]|'((?:[^']|'')*)'|(\w+))/gi;
  for (const [, name, list, text, bare] of rest.slice(head[0].length, close).matchAll(property))
    found[(name as string).toLowerCase()] = list === undefined ? (text ?? bare ?? '') : texts(list);
  return found;
}

function readCtas(sql: string, body: string, at: number): Statement {
  const name = nameAfter(body, 'create\\s+table(?:\\s+if\\s+not\\s+exists)?');
  const properties = readProperties(sql, at + Math.max(0, body.search(/\bwith\s*\(/i)));
  const as = /\bas\s*(?=\(|select\b|with\b|values\b|table\b)/i.exec(withoutQuoted(sql));
  if (!as) return refuseAt(sql, sql.length, "'AS'");
  const select = as.index + as[0].length;
  return { kind: 'ctas', type: 'DDL', sql, name, properties, select: sql.slice(select), start: placeOf(sql, select) };
}

function readView(sql: string, body: string, at: number): Statement {
  const name = nameAfter(body, 'create\\s+(?:or\\s+replace\\s+)?view');
  const as = /\bas\b\s*/i.exec(withoutQuoted(sql).slice(at));
  if (!as) return refuseAt(sql, sql.length, "'AS'");
  const select = at + as.index + as[0].length;
  return { kind: 'createView', type: 'DDL', sql, name, select: sql.slice(select), start: placeOf(sql, select) };
}

function readDrop(sql: string, body: string): Statement {
  const what = /^drop\s+table/i.test(body) ? 'table' : 'view';
  const name = nameAfter(body, `drop\\s+${what}(?:\\s+if\\s+exists)?`);
  return { kind: 'drop', type: 'DDL', sql, name, what, ifExists: /^drop\s+\w+\s+if\s+exists/i.test(body) };
}

function readUtility(sql: string, body: string): Statement {
  const name = /^desc(?:ribe)?\b/i.test(body) ? nameAfter(body, 'desc(?:ribe)?') : undefined;
  return { kind: 'utility', type: 'UTILITY', sql, isKnown: UTILITIES.test(body), ...(name && { name }) };
}

function nameAfter(body: string, keywords: string): TableName {
  const found = new RegExp(`^${keywords}\\s+${NAME}`, 'i').exec(body)?.[1];
  if (!found) throw malformed('line 1:1: mismatched input. Expecting: <identifier>');
  const parts = [...found.matchAll(new RegExp(PART, 'g'))].map(([part]) => part.replace(/["`]/g, '').toLowerCase());
  const table = parts.pop() as string;
  const database = parts.pop();
  return database ? { database, table } : { table };
}

function refuseAt(sql: string, index: number, expected: string): never {
  const { line, column } = placeOf(sql, index);
  const found = /^\w+|^\S/.exec(sql.slice(index).trimStart())?.[0] ?? '<EOF>';
  throw malformed(`line ${line}:${column}: mismatched input '${found}'. Expecting: ${expected}`);
}
