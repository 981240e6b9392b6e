import { addDays } from '../../src/core/dates';
import type { Definitions } from '../../src/core/definitions';
import { judgeChecks } from '../../src/core/models/check-results';
import { checkQuery } from '../../src/core/models/checks';
import { buildGraph, type ModelNode } from '../../src/core/models/graph';
import type { Model } from '../../src/core/models/model';
import { render } from '../../src/core/models/render';
import { renderNode } from '../../src/core/models/render-node';
import { mappingFlags, type ParameterValues, parameterLiteral } from '../../src/core/parameters';
import { cutDate } from '../../src/core/run';
import type { SourceName } from '../../src/core/sources/contract';
import type { SourceColumn } from '../../src/core/sources/relation';
import { emptySourceSelect, sourceSelect } from '../../src/core/sources/select';
import { withSql } from '../support/run-model';
import type { LabEngine } from './two-engines';

/** Tables of a shop's sources, the same on every engine. */
export type SourceTables = Partial<Record<SourceName, { table: string; columns: SourceColumn[] }>>;

export interface WalkedTable {
  table: string;
  isPublic: boolean;
  /** `<rows>:<sum>`, of public tables and all others alike. */
  contentHash: string | null;
  facts: Record<string, unknown>;
  values: Record<string, string>;
}

const tableName = (night: string, id: string): string =>
  `night_${night.replaceAll('-', '_')}_${id.replace('@', '_at_')}`;

const emptyRelation = (model: Model): string =>
  `(select ${model.sidecar.columns.map(({ name, type }) => `cast(null as ${type}) as ${name}`).join(', ')} where 1 = 0)`;

/** What a night writes, in an order that respects what needs what. */
export function nodesOf({ models }: Definitions): ModelNode[] {
  const wanted = [...models.values()].filter(
    ({ layer, sidecar }) => sidecar.materialised === 'table' && (layer === 'staging' || sidecar.public),
  );
  return buildGraph(
    models,
    wanted.map((model) => model.name),
  );
}

/**
 * One night of a shop on one engine: every model in its order, each into a table, each checked by its own check query.
 * Nothing is inherited from `base`, the night before, but what models refer to as `@base`.
 */
export async function walkShop(
  definitions: Definitions,
  engine: LabEngine,
  sources: SourceTables,
  night: string,
  base?: string,
): Promise<Map<string, WalkedTable>> {
  const { models, project } = definitions;
  const plan = { run_date: night, cut_date: cutDate(night), today: addDays(night, 1) };
  const provided: Record<string, string> = {};
  const values: ParameterValues = { plan, file: project.file, flags: mappingFlags(project.file), provided };
  const sourceText = (name: SourceName): string => {
    const [mapping, source] = [project.file.sources[name], sources[name]];
    if (!mapping || !source) return emptySourceSelect(name);
    const relation = { relation: source.table, columns: source.columns };
    return sourceSelect({ name, mapping, relation, timeZone: project.file.time_zone, hashSalt: 'lab' });
  };
  const walked = new Map<string, WalkedTable>();
  for (const { id, model, asOf } of nodesOf(definitions)) {
    const table = tableName(night, id);
    const literal = (name: string, date = asOf): string => parameterLiteral(name, date, values, models);
    const sql = renderNode(models, model, asOf, {
      table: (other) => tableName(night, other),
      base: (other) => (base ? tableName(base, other.name) : emptyRelation(other)),
      source: (name) => sourceText(name as SourceName),
      param: literal,
    });
    await withSql(sql, () => engine.create(table, sql));
    const check = render(checkQuery({ ...model.sidecar, public: true }, table), model.file, ({ argument }) =>
      literal(argument),
    );
    const { columns, rows } = await withSql(check, () => engine.read(check));
    const row = Object.fromEntries(columns.map(({ name }, index) => [name, rows[0]?.[index] ?? null]));
    const outcome = judgeChecks({ ...model, sidecar: { ...model.sidecar, public: true } }, row);
    Object.assign(provided, outcome.values);
    walked.set(id, {
      table,
      isPublic: model.sidecar.public,
      contentHash: outcome.content_hash,
      facts: outcome.facts,
      values: outcome.values,
    });
  }
  return walked;
}
