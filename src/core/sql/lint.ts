import { LINT_RULES } from './lint-rules';
import { LintText } from './lint-text';

/** One place where a text leaves the portable subset. */
export interface LintFinding {
  rule: string;
  /** 1-based line of the text. */
  line: number;
  found: string;
  /** Why it matters and what to write instead. */
  reason: string;
}

/**
 * Where a SELECT, with its placeholders or rendered, leaves the subset of SQL that means the same on Trino, Athena and
 * DuckDB. What no lint can see (types, total orders) parity tests on both engines must show.
 */
export function lintSql(sql: string): LintFinding[] {
  const text = LintText.read(sql);
  if (!(text instanceof LintText))
    return [{ rule: 'unreadable', line: text.line, found: text.found, reason: text.remedy }];
  return LINT_RULES.flatMap((rule) =>
    rule.find(text).map(({ at, found, reason }) => ({
      rule: rule.name,
      line: text.tokens[at]?.line ?? 1,
      found,
      reason: reason ?? rule.reason,
    })),
  );
}

/** A finding as one line for a person. */
export function describeFinding(file: string, finding: LintFinding): string {
  return `${file}:${finding.line}: ${finding.rule}: ${finding.found} — ${finding.reason}`;
}
