import type { ModelSet } from './graph';
import { asOfModels, nodeId } from './graph';
import { type AsOf, isPublished, isTable, type Model, type Published, splitReference } from './model';
import { render } from './render';

/** What a rendered text stands on; each returns SQL. */
export interface Leaves {
  /** A materialised table of this run, or one inherited from base. */
  table(id: string, model: Model): string;
  /** A table as earlier runs published it. */
  published(model: Model, by: Published): string;
  source(name: string): string;
  param(name: string, asOf: AsOf): string;
}

/** The SQL of one model at a date, with inline models put in as subqueries. The graph has been checked before. */
export function renderNode(models: ModelSet, model: Model, asOf: AsOf, leaves: Leaves): string {
  const dated = asOfModels(models);
  const renderModel = (current: Model, date: AsOf): string =>
    render(current.sql, current.file, ({ kind, argument }) => {
      if (kind === 'param') return leaves.param(argument, date);
      // A generated source may hold refs of its own (orders made from lines).
      if (kind === 'source') return `(\n${renderText(leaves.source(argument), current, date)}\n)`;
      const { name, date: named } = splitReference(argument);
      const target = models.get(name) as Model;
      if (isPublished(named)) return leaves.published(target, named);
      const wanted = dated.has(name) ? ((named ?? (dated.has(current.name) ? date : 'run_date')) as AsOf) : 'run_date';
      if (!isTable(target, wanted)) return `(\n${renderModel(target, wanted)}\n)`;
      return leaves.table(nodeId(name, wanted), target);
    });
  const renderText = (sql: string, current: Model, date: AsOf): string => renderModel({ ...current, sql }, date);
  return renderModel(model, asOf);
}
