import { dateLiteral, identifier, textLiteral } from '../../core/sql/literals';
import { CURRENT_RUN, hiveType, type PublicView, runsTable } from './tables';

const qualified = (database: string, table: string): string => `${identifier(database)}.${identifier(table)}`;

/** Shows the rows of the published run alone: a scan of exactly one partition. */
export function publicViewSql(database: string, view: PublicView): string {
  return `create or replace view ${qualified(database, view.name)} as ${publicViewSelect(database, view)}`;
}

function publicViewSelect(database: string, view: PublicView): string {
  const columns = view.columns.map(({ name }) => identifier(name)).join(', ');
  const run = `select run_id from ${qualified(database, CURRENT_RUN)}`;
  return `select ${columns} from ${qualified(database, runsTable(view.name))} where run_id = (${run})`;
}

/** A view of Glue, in the words that its API and CloudFormation share. */
export interface ViewDefinition {
  Name: string;
  Description: string;
  TableType: 'VIRTUAL_VIEW';
  Parameters: Record<string, string>;
  PartitionKeys: [];
  StorageDescriptor: { Columns: { Name: string; Type: string }[]; Location: string; SerdeInfo: Record<string, never> };
  ViewOriginalText: string;
  ViewExpandedText: string;
}

/** The entry that Athena itself would leave in Glue for the statement of `publicViewSql`. */
export function viewDefinition(database: string, view: PublicView): ViewDefinition {
  const text = JSON.stringify({
    originalSql: publicViewSelect(database, view),
    catalog: 'awsdatacatalog',
    schema: database,
    columns: view.columns.map(({ name, type }) => ({ name, type })),
  });
  return {
    Name: view.name,
    Description: `${view.name} of the published run`,
    TableType: 'VIRTUAL_VIEW',
    Parameters: { presto_view: 'true', comment: 'Presto View' },
    PartitionKeys: [],
    StorageDescriptor: {
      Columns: view.columns.map(({ name, type }) => ({ Name: name, Type: hiveType(type) })),
      Location: '',
      SerdeInfo: {},
    },
    ViewOriginalText: `/* Presto View: ${Buffer.from(text, 'utf8').toString('base64')} */`,
    ViewExpandedText: '/* Presto View */',
  };
}

/** Names the published run to every public view; no row before the first one. */
export function currentRunSql(database: string, run: { run_id: string; run_date: string } | undefined): string {
  const row = run
    ? `select ${textLiteral(run.run_id)} as run_id, ${dateLiteral(run.run_date)} as run_date`
    : 'select cast(null as varchar) as run_id, cast(null as date) as run_date where false';
  return `create or replace view ${qualified(database, CURRENT_RUN)} as ${row}`;
}

/** What Athena keeps of a view it made. */
export interface StoredView {
  originalSql: string;
  columns: { name: string; type: string }[];
}

/** Reads ViewOriginalText of a Glue table; undefined for what Athena has not written. */
export function decodeView(text: string | undefined): StoredView | undefined {
  const encoded = /^\/\*\s*Presto View:\s*([A-Za-z0-9+/=\s]+?)\s*\*\/$/.exec(text?.trim() ?? '')?.[1];
  if (encoded === undefined) return undefined;
  try {
    const view = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as Partial<StoredView>;
    return typeof view.originalSql === 'string' && Array.isArray(view.columns) ? (view as StoredView) : undefined;
  } catch {
    return undefined;
  }
}

/** The run that a stored current_run names; undefined where it names none. */
export function runOfView(view: StoredView | undefined): string | undefined {
  return /'(\d{4}-\d{2}-\d{2}-[0-9a-f]{12})'/.exec(view?.originalSql ?? '')?.[1];
}

/** Whether a stored view under one of the product's names is the product's, as any version of it has made them. */
export function isOwnView(name: string, { originalSql, columns }: StoredView): boolean {
  if (name === CURRENT_RUN) return columns.map((column) => column.name).join() === 'run_id,run_date';
  return originalSql.includes(runsTable(name)) && originalSql.includes(CURRENT_RUN);
}

/** Whether a stored view is the one that this statement would make: the engine keeps its text laid out anew. */
export function isSameView(view: StoredView | undefined, sql: string): boolean {
  const words = (text: string): string => text.replace(/[\s"()]/g, '').toLowerCase();
  return view !== undefined && words(view.originalSql) === words(sql.replace(/^create or replace view \S+ as /, ''));
}
