import { addDays } from '../../src/core/dates';
import type { Definitions } from '../../src/core/definitions';
import { judgeChecks } from '../../src/core/models/check-results';
import { checkQuery } from '../../src/core/models/checks';
import { frozenIds, frozenModels } from '../../src/core/models/frozen';
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
import type { LabEngine, Value } from './two-engines';

/** Tables of a shop's sources, the same on every engine. */
export type SourceTables = Partial<Record<SourceName, { relation: string; columns: SourceColumn[] }>>;

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

export interface WalkedNight {
  night: string;
  /** By node, those inherited from the night before included. */
  tables: ReadonlyMap<string, WalkedTable>;
  provided: Readonly<Record<string, string>>;
}

/** Frozen tables that a night takes over from the one before: of the same date and definitions, and not provisional. */
function inheritedFrom(
  base: WalkedNight | undefined,
  { models, project }: Definitions,
  night: string,
): ReadonlyMap<string, WalkedTable> {
  if (!base || base.provided.frozen_is_provisional === 'true') return new Map();
  const [now, then] = [night, base.night].map((date) => frozenIds(models, project.file, cutDate(date))) as [
    Record<string, string>,
    Record<string, string>,
  ];
  return new Map(
    frozenModels(models).flatMap(({ name }) => {
      const table = base.tables.get(name);
      return table && now[name] === then[name] ? [[name, table] as const] : [];
    }),
  );
}

/** What a night writes, in an order that respects what needs what. */
function nodesOf({ models }: Definitions, inherited: ReadonlySet<string>): ModelNode[] {
  const wanted = [...models.values()].filter(
    ({ layer, sidecar }) => sidecar.materialised === 'table' && (layer === 'staging' || sidecar.public),
  );
  return buildGraph(
    models,
    wanted.map((model) => model.name),
    inherited,
  );
}

/**
 * One night of a shop on one engine: every model in its order, each into a table, each checked by its own check query.
 *
 * @param base the night before, on the same engine.
 */
export async function walkShop(
  definitions: Definitions,
  engine: LabEngine,
  sources: SourceTables,
  night: string,
  base?: WalkedNight,
): Promise<WalkedNight> {
  const { models, project } = definitions;
  const plan = { run_date: night, cut_date: cutDate(night), today: addDays(night, 1) };
  const tables = new Map(inheritedFrom(base, definitions, night));
  const provided: Record<string, string> = Object.assign({}, ...[...tables.values()].map((table) => table.values));
  const values: ParameterValues = { plan, file: project.file, flags: mappingFlags(project.file), provided };
  const nodes = nodesOf(definitions, new Set(tables.keys()));
  for (const { id, model, asOf } of nodes) {
    const table = tableName(night, id);
    const literal = (name: string, date = asOf): string => parameterLiteral(name, date, values, models);
    const sql = renderNode(models, model, asOf, {
      table: (other) => tables.get(other)?.table ?? other,
      base: (other) => base?.tables.get(other.name)?.table ?? emptyRelation(other),
      source: (name) => sourceText(definitions, sources, name as SourceName),
      param: literal,
    });
    await withSql(sql, () => engine.create(table, sql));
    const checked = { ...model, sidecar: { ...model.sidecar, public: true } };
    const check = render(checkQuery(checked.sidecar, table), model.file, ({ argument }) => literal(argument));
    const outcome = judgeChecks(checked, await withSql(check, () => onlyRow(engine, check)));
    Object.assign(provided, outcome.values);
    const { facts, values: decided, content_hash } = outcome;
    tables.set(id, { table, isPublic: model.sidecar.public, contentHash: content_hash, facts, values: decided });
  }
  return { night, tables, provided };
}

function sourceText({ project }: Definitions, sources: SourceTables, name: SourceName): string {
  const [mapping, source] = [project.file.sources[name], sources[name]];
  if (!mapping || !source) return emptySourceSelect(name);
  return sourceSelect({ name, mapping, relation: source, timeZone: project.file.time_zone, hashSalt: 'lab' });
}

async function onlyRow(engine: LabEngine, sql: string): Promise<Record<string, Value>> {
  const { columns, rows } = await engine.read(sql);
  return Object.fromEntries(columns.map(({ name }, index) => [name, rows[0]?.[index] ?? null]));
}
