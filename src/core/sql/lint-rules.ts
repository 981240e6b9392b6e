import {
  BY_ANOTHER,
  FORBIDDEN_KEYWORDS,
  FORBIDDEN_NAMES,
  MACRO_AGGREGATES,
  MODEL_FUNCTIONS,
  RANKING_FUNCTIONS,
} from './lint-names';
import {
  finalSelect,
  hasDouble,
  isAboveZero,
  isBareAggregate,
  isCastTo,
  isGuardedDivisor,
  isNumber,
  orderTerms,
  overflows,
  windowOf,
} from './lint-shapes';
import type { Call, LintText } from './lint-text';

/** Where a rule is broken: a token, and what stands there. */
export interface Hit {
  at: number;
  found: string;
  /** Over the rule's own reason, where the name decides it. */
  reason?: string;
}

export interface LintRule {
  name: string;
  /** Why, and what to write instead. */
  reason: string;
  find(text: LintText): Hit[];
}

const hit = (text: LintText, from: number, to = from): Hit => ({ at: from, found: text.quote(from, to) });

const tokensThat = (text: LintText, holds: (at: number) => boolean): Hit[] =>
  text.tokens.flatMap((_, at) => (holds(at) ? [hit(text, at)] : []));

const callsThat = (text: LintText, holds: (call: Call) => boolean): Hit[] =>
  text.calls.filter(holds).map((call) => hit(text, call.at, call.close));

const LOOK_AROUND = /\(\?[=!<]|\\[1-9]|\$[1-9]/;

export const LINT_RULES: readonly LintRule[] = [
  {
    name: 'forbidden_name',
    reason: 'means something else on one of the engines',
    find: (text) =>
      text.tokens.flatMap((token, at) => {
        const isUsed = FORBIDDEN_KEYWORDS.has(token.value) || text.calls.some((call) => call.at === at);
        if (token.kind !== 'word' || !isUsed || text.sees(at - 1, '.')) return [];
        const reason = Object.hasOwn(FORBIDDEN_NAMES, token.value) ? FORBIDDEN_NAMES[token.value] : undefined;
        return reason ? [{ ...hit(text, at), reason }] : [];
      }),
  },
  {
    name: 'unknown_function',
    reason:
      'nobody has shown that it means the same on Trino and DuckDB: use one of src/core/sql/lint-names.ts, or add it there with a contract case',
    find: (text) =>
      callsThat(text, (call) => !MODEL_FUNCTIONS.has(call.name) && !Object.hasOwn(FORBIDDEN_NAMES, call.name)),
  },
  {
    name: 'bare_decimal',
    reason: "Athena reads 1.5 as a double, Trino and DuckDB as a decimal: write 15e-1, or cast('1.5' as decimal(10,2))",
    find: (text) =>
      tokensThat(
        text,
        (at) =>
          /^[\d.]+$/.test(text.tokens[at]?.raw ?? '') &&
          isNumber(text, at) &&
          text.tokens[at]?.raw.includes('.') === true,
      ),
  },
  {
    name: 'unguarded_division',
    reason: 'whole numbers divide differently and x / 0 is an error or not: write cast(a as double) / nullif(b, 0e0)',
    find: (text) =>
      tokensThat(text, (at) => text.sees(at, '/') && !(isGuardedDivisor(text, at + 1) && hasDouble(text, at))),
  },
  {
    name: 'unguarded_logarithm',
    reason:
      'ln(0) is -Infinity on Trino and an error on DuckDB: write ln(greatest(x, 1e-12)), or ln(1e0 + abs(x)), of an x that is not null',
    find: (text) => callsThat(text, (call) => ['ln', 'log10'].includes(call.name) && !isAboveZero(text, call)),
  },
  {
    name: 'unordered_ranking',
    reason: 'without an order the engine chooses who is first',
    find: (text) =>
      callsThat(text, (call) => {
        const window = RANKING_FUNCTIONS.has(call.name) ? windowOf(text, call) : undefined;
        return RANKING_FUNCTIONS.has(call.name) && (!window || orderTerms(text, window).length === 0);
      }),
  },
  {
    name: 'silent_nulls',
    reason: 'where nulls go in a descending order is a default nobody remembers: write nulls last or nulls first',
    find: (text) =>
      text.calls.flatMap((call) => {
        const window = RANKING_FUNCTIONS.has(call.name) ? windowOf(text, call) : undefined;
        if (!window) return [];
        const silent = orderTerms(text, window).filter(
          (term) => term.some((at) => text.isWord(at, 'desc')) && !term.some((at) => text.isWord(at, 'nulls')),
        );
        return silent.map((term) => hit(text, term[0] as number, term.at(-1)));
      }),
  },
  {
    name: 'ranking',
    reason:
      'a ranking needs an order that no two rows share, which no lint can see: say in the list of rankings why it has one',
    find: (text) =>
      callsThat(text, (call) => {
        const window = windowOf(text, call);
        const isByRow = window && text.some(window.from, window.to, (at) => text.sees(at, 'rows', 'between'));
        return RANKING_FUNCTIONS.has(call.name) || BY_ANOTHER.has(call.name) || isByRow === true;
      }),
  },
  {
    name: 'window_over_everything',
    reason:
      'without partition by, Trino takes all rows to one machine: group first, or say in the list why the relation is small',
    find: (text) =>
      callsThat(text, (call) => {
        const window = windowOf(text, call);
        return window !== undefined && !text.some(window.from, window.to, (at) => text.sees(at, 'partition', 'by'));
      }),
  },
  {
    name: 'sum_of_doubles',
    reason: 'the last digits depend on the order of adding: sum decimals or whole numbers and cast the sum',
    find: (text) =>
      callsThat(
        text,
        (call) =>
          ['avg', 'stddev_samp', 'stddev_pop', 'regr_slope'].includes(call.name) ||
          (call.name === 'sum' &&
            text.some(
              call.open + 1,
              call.close - 1,
              (at) =>
                text.sees(at, 'as', 'double') ||
                text.isWord(at, 'ln', 'exp', 'sqrt', 'power', 'tanh') ||
                (isNumber(text, at) && /[eE]/.test(text.tokens[at]?.raw ?? '')),
            )),
      ),
  },
  {
    name: 'uncast_aggregate',
    reason:
      'a sum of whole numbers is HUGEINT on DuckDB, which Parquet keeps as a double: write cast(sum(x) as bigint)',
    find: (text) => {
      const from = finalSelect(text);
      return callsThat(text, (call) => isBareAggregate(text, call, from));
    },
  },
  {
    name: 'uncast_date',
    reason: 'date arithmetic gives a timestamp on DuckDB and a date on Trino: write cast(... as date)',
    find: (text) =>
      tokensThat(text, (at) => {
        const isCall = text.isWord(at, 'date_add', 'date_trunc', 'last_day_of_month') && text.sees(at + 1, '(');
        const isInterval = text.isWord(at, 'interval') && (text.sees(at - 1, '+') || text.sees(at - 1, '-'));
        return (isCall || isInterval) && !isCastTo(text, at, 'date');
      }),
  },
  {
    name: 'sized_text',
    reason: 'varchar(n) cuts on Trino and does nothing on DuckDB: write substr(x, 1, n)',
    find: (text) => tokensThat(text, (at) => text.isWord(at, 'varchar', 'char') && text.sees(at + 1, '(')),
  },
  {
    name: 'macro_aggregate',
    reason: 'a macro of the prelude takes no filter, distinct or order by: write max_by(x, case when c then y end)',
    find: (text) =>
      callsThat(
        text,
        (call) =>
          MACRO_AGGREGATES.has(call.name) &&
          (text.sees(call.close + 1, 'filter') ||
            text.some(
              call.open,
              call.close,
              (at) => text.enclosing(at) === call.open && text.isWord(at, 'distinct', 'order'),
            )),
      ),
  },
  {
    name: 'three_part_name',
    reason: 'catalogs have different names: a relation is a placeholder, or database.table',
    find: (text) => tokensThat(text, (at) => text.sees(at, '.') && text.sees(at + 2, '.')),
  },
  {
    name: 'overflow',
    reason: 'whole numbers have 32 bits until one is a bigint: write the product out, or cast a factor',
    find: (text) => tokensThat(text, (at) => overflows(text, at)),
  },
  {
    name: 'limit',
    reason: "which rows a limit keeps is the engine's choice",
    find: (text) => tokensThat(text, (at) => text.isWord(at, 'limit', 'offset') && isNumber(text, at + 1)),
  },
  {
    name: 'pattern',
    reason: "DuckDB's patterns have no look-around and no references to groups",
    find: (text) =>
      tokensThat(text, (at) => {
        const isPattern = text.tokens[at]?.kind === 'text' && text.callAround(at)?.name.startsWith('regexp_') === true;
        return isPattern && LOOK_AROUND.test(text.tokens[at]?.value ?? '');
      }),
  },
];
