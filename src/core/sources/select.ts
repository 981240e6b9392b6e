import { DefinitionError, DefinitionErrors, type Place, SourceContractError, SourceContractErrors } from '../errors';
import type { SourceFile } from '../project-file';
import { textLiteral } from '../sql/literals';
import { type Output, outputsOf, REPORT_COLUMNS, typedNull } from './columns';
import { type SourceColumnContract, type SourceName, sourceColumns, WINDOWED_DAYS } from './contract';
import { choicesOf, type Locate, longForm, mappingErrors } from './mapping';
import { type PartitionReading, partitionPlan } from './partition';
import type { SourceRelation } from './relation';
import { RelationRows } from './rows';
import { planTime, type TimeZones } from './times';
import { type ColumnPlan, planChoice, planValue, type Reading, WANTED } from './types';

export { emptySourceSelect, type SourceSelectColumn, sourceSelectColumns } from './columns';

export interface SourceSelectInput {
  name: SourceName;
  mapping: SourceFile;
  relation: Pick<SourceRelation, 'relation' | 'columns'>;
  /** IANA zone of the shop. */
  timeZone: string;
  /** The text of TIDEMARK_HASH_SALT, needed where a column has `hash: true`. It becomes part of the SQL text. */
  hashSalt?: string | undefined;
  /** Where in the project file something stands; left out, errors name the file only. */
  locate?: Locate | undefined;
  /** Which days of a source with `partition` are read; left out, all rows are, and nothing is asked of the partition. */
  partition?: PartitionReading | undefined;
}

/** One column with everything its SQL needs. */
interface Planned {
  column: string;
  contract: SourceColumnContract;
  plan: ColumnPlan | undefined;
}

/**
 * One SELECT over a customer's table or files, with the contract's columns typed, checked and in a fixed order
 * (columns.ts), a row for each row that `where` keeps. `type_error` is null or `<column>:<kind>` of the first bad
 * column, `unmapped_column` the first column whose value has no mapping. A row whose `where` meets a text that is no
 * number is kept with `where:not_a_number`, never dropped in silence.
 *
 * @throws DefinitionErrors when the mapping or a fragment is wrong, all at once
 * @throws SourceContractErrors when columns are missing or have a type that can never fit, all at once; code
 *   `no_offset` tells that times have no offset and times_in is not given
 */
export function sourceSelect(input: SourceSelectInput): string {
  const locate: Locate = input.locate ?? (() => ({ file: 'tidemark.yml' }));
  const rows = new RelationRows(input.name, input.relation);
  const wrong: DefinitionError[] = mappingErrors(input.name, input.mapping, input.hashSalt, locate);
  const broken: SourceContractError[] = [];
  const collect = <T>(part: () => T): T | undefined => collecting(part, wrong, broken);

  const where = input.mapping.where;
  const condition =
    where === undefined
      ? undefined
      : collect(() => rows.fragment(where, `where of ${input.name}`, locate(['where']), true));
  const planned = Object.entries(sourceColumns(input.name)).map(([column, contract]): Planned => {
    return {
      column,
      contract,
      plan: collect(() => planColumn(input, rows, column, contract, locate(['columns', column]))),
    };
  });
  const partition = input.partition;
  const prune = partition && collect(() => planPartition(input.name, rows, planned, partition));
  if (wrong.length > 0) throw new DefinitionErrors(wrong);
  if (broken.length > 0) throw new SourceContractErrors(broken);
  return assemble(rows, planned, condition, prune);
}

function planPartition(
  name: SourceName,
  rows: RelationRows,
  planned: readonly Planned[],
  partition: PartitionReading,
): ColumnPlan {
  const { column, raw } = rows.restrict(partition.window);
  const day = planned.find((each) => each.column === (WINDOWED_DAYS as Partial<Record<SourceName, string>>)[name])?.plan
    ?.outputs[0];
  return partitionPlan(name, column, raw, day, partition);
}

function collecting<T>(part: () => T, wrong: DefinitionError[], broken: SourceContractError[]): T | undefined {
  try {
    return part();
  } catch (error) {
    if (error instanceof DefinitionError) wrong.push(error);
    else if (error instanceof SourceContractError) broken.push(error);
    else throw error;
    return undefined;
  }
}

function planColumn(
  input: SourceSelectInput,
  rows: RelationRows,
  column: string,
  contract: SourceColumnContract,
  place: Place,
): ColumnPlan | undefined {
  const mapping = input.mapping.columns[column];
  if (mapping === undefined) return undefined;
  const given = longForm(mapping);
  const alias = `${column}_raw`;
  if ('sql' in given) {
    const fragment = rows.fragment(given.sql, `${column} of ${input.name}`, place);
    const sql = fragment.type === 'text' ? `nullif(${fragment.sql}, '')` : fragment.sql;
    const plan = planType(input, column, contract, { sql: alias, type: fragment.type }, undefined, given.sql);
    const errors = [...fragment.errors, ...plan.errors];
    return withRequired(column, contract, alias, { ...plan, steps: [{ [alias]: sql }, ...plan.steps], errors });
  }
  const reading = rows.column(given.column, column);
  if (reading instanceof SourceContractError) throw reading;
  const plan = planType(input, column, contract, reading, given.values, given.column);
  return withRequired(column, contract, reading.sql, given.hash ? hashed(column, plan, input.hashSalt ?? '') : plan);
}

function planType(
  input: SourceSelectInput,
  column: string,
  contract: SourceColumnContract,
  reading: Reading,
  values: Readonly<Record<string, string>> | undefined,
  from: string,
): ColumnPlan {
  const timesIn = input.mapping.times_in;
  const zones: TimeZones = { shop: input.timeZone, naive: timesIn === 'shop' ? input.timeZone : timesIn };
  let plan: ColumnPlan | 'no_offset' | undefined;
  if (contract.type === 'time') plan = planTime(column, reading, zones);
  else if (contract.type === 'enum' || values) {
    const type = contract.type === 'boolean' ? 'boolean' : 'varchar';
    plan = planChoice(column, choicesOf(contract) ?? [], values, reading, type);
  } else plan = planValue(column, contract, reading, input.timeZone);
  if (plan !== undefined && plan !== 'no_offset') return plan;
  const place = { table: input.name, column };
  throw plan === 'no_offset'
    ? new SourceContractError({
        code: 'no_offset',
        found: `the times in ${JSON.stringify(from)} carry no offset and nothing says what they mean`,
        remedy: `set times_in of ${input.name} to UTC, shop or an IANA zone`,
        place,
      })
    : new SourceContractError({
        code: 'source_column_type',
        found: `${JSON.stringify(from)} has the type ${describeType(reading.type)}; wanted is ${WANTED[contract.type]}`,
        remedy: 'map another column, or convert it with { sql: ... }',
        place,
      });
}

function describeType(type: Reading['type']): string {
  if (type === 'instant') return 'timestamp with time zone';
  return type === 'text_array' ? 'array of texts' : type === 'other' ? 'of something else' : type;
}

/** Without the id an order is still revenue, so staging counts rows without customer_id instead of refusing them. */
function withRequired(column: string, contract: SourceColumnContract, raw: string, plan: ColumnPlan): ColumnPlan {
  if (!contract.required || column === 'customer_id') return plan;
  return { ...plan, errors: [{ when: `${raw} is null`, kind: 'missing' }, ...plan.errors] };
}

function hashed(column: string, plan: ColumnPlan, salt: string): ColumnPlan {
  const text = `${textLiteral(`${salt}:`)} || ${plan.outputs[0]}`;
  return {
    ...plan,
    steps: [...plan.steps, { [`${column}_hash`]: `lower(to_hex(sha256(to_utf8(${text}))))` }],
    outputs: [`${column}_hash`],
  };
}

/** The steps as common table expressions rows_1, rows_2, ..., each passing on all aliases of the one before. */
function assemble(
  rows: RelationRows,
  planned: readonly Planned[],
  condition: ReturnType<RelationRows['fragment']> | undefined,
  prune: ColumnPlan | undefined,
): string {
  const steps = rows.steps();
  if (condition) {
    const kept = [condition.sql, ...condition.errors.map((error) => `(${error.when})`)].join('\n    or ');
    steps.push(`select rows_${steps.length}.*\n  from rows_${steps.length}\n  where ${kept}`);
  }
  const plans = [...planned.map(({ plan }) => plan), prune];
  const depth = Math.max(0, ...plans.map((plan) => plan?.steps.length ?? 0));
  for (let index = 0; index < depth; index++) {
    const made = plans.flatMap((plan) => Object.entries(plan?.steps[index] ?? {}));
    const columns = made.map(([alias, sql]) => `,\n    ${sql} as ${alias}`);
    steps.push(`select\n    rows_${steps.length}.*${columns.join('')}\n  from rows_${steps.length}`);
  }
  const outputs = planned.flatMap(({ column, contract, plan }) => {
    return outputsOf(column, contract).map((output, index) =>
      plan ? `${plan.outputs[index]} as ${output.name}` : typedNull(output),
    );
  });
  const named = steps.map((step, index) => `rows_${index + 1} as (\n  ${step}\n)`);
  return `with ${named.join(', ')}\nselect\n  ${[...outputs, ...reports(planned, condition, prune)].join(',\n  ')}\nfrom rows_${steps.length}`;
}

function reports(
  planned: readonly Planned[],
  condition: ReturnType<RelationRows['fragment']> | undefined,
  prune: ColumnPlan | undefined,
): string[] {
  const all = [
    ...(condition?.errors ?? []).map((error) => ({ when: error.when, text: `where:${error.kind}` })),
    ...planned.flatMap(({ column, plan }) =>
      (plan?.errors ?? []).map((error) => ({ when: error.when, text: `${column}:${error.kind}` })),
    ),
    ...(prune?.errors ?? []).map((error) => ({ when: error.when, text: `partition:${error.kind}` })),
  ];
  const unmapped = planned.flatMap(({ column, plan }) =>
    plan?.unmapped ? [{ when: plan.unmapped, text: column }] : [],
  );
  return [firstOf(all, REPORT_COLUMNS.typeError), firstOf(unmapped, REPORT_COLUMNS.unmapped)];
}

function firstOf(conditions: readonly { when: string; text: string }[], name: Output['name']): string {
  if (conditions.length === 0) return typedNull({ name, type: 'varchar' });
  const branches = conditions.map(({ when, text }) => `when ${when} then ${textLiteral(text)}`);
  return `case\n    ${branches.join('\n    ')}\n  end as ${name}`;
}
