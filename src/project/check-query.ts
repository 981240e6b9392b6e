import { suggest } from '../core/nearest';
import { tokenize } from '../core/sql/tokens';

export interface QueryProblem {
  code: string;
  line: number;
  found: string;
  remedy: string;
}

/** A source's query may name its inputs and nothing else. Its grammar is checked where it is rendered. */
export function queryProblems(sql: string, inputs: readonly string[]): QueryProblem[] {
  const tokens = tokenize(sql);
  if (!Array.isArray(tokens)) {
    return [
      { code: 'sql_unreadable', line: tokens.line, found: `the query holds ${tokens.found}`, remedy: tokens.remedy },
    ];
  }
  if (tokens.every((token) => token.kind === 'comment')) {
    return [{ code: 'file_empty', line: 1, found: 'the query is empty', remedy: 'write one SELECT' }];
  }
  return tokens.flatMap(({ kind, placeholder, value, line }): QueryProblem[] => {
    if (kind !== 'placeholder') return [];
    if (placeholder !== 'source') {
      const remedy = "read only the query's inputs: {{ source('<input>') }}";
      return [{ code: 'unknown_placeholder', line, found: `the query uses ${placeholder}`, remedy }];
    }
    // Without inputs the project file is told already.
    if (inputs.length === 0 || inputs.includes(value)) return [];
    const found = `the query reads ${value}, which is none of its inputs`;
    return [{ code: 'unknown_input', line, found, remedy: suggest(value, inputs) }];
  });
}
