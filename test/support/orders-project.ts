import { temporaryFolder, writeFiles } from './shop';

export interface OrdersProject {
  /** orders.csv; absent: there is no such file. */
  orders?: string;
  /** The mapping of orders, as YAML flow. */
  columns?: string;
  /** More keys of the source orders, such as times_in. */
  source?: string;
  /** More of tidemark.yml at its top. */
  top?: string;
  /** More sources: name to mapping; their files are <name>.csv. */
  sources?: Readonly<Record<string, string>>;
  files?: Readonly<Record<string, string>>;
}

export const ORDER_COLUMNS = 'order_id: id, customer_id: buyer, ordered_at: day, amount: total';

/** A project of hand-written rows, for one rule at a time. */
export function ordersProject(project: OrdersProject): string {
  const { columns = ORDER_COLUMNS, source = '', top = '', sources = {}, files = {} } = project;
  const more = Object.entries(sources).map(
    ([name, mapping]) => `  ${name}:\n    from: ${name}.csv\n    columns: { ${mapping} }\n`,
  );
  const file = `shop: hand-made\ntime_zone: Europe/Vienna\ncurrency: EUR\nnot_customers: [till]\n${top}sources:\n  orders:\n    from: orders.csv\n${source}    columns: { ${columns} }\n${more.join('')}`;
  const segment =
    'name: Repeat buyers\ndescription: Bought on two days or more.\nowner: crm\nwhen: { field: purchase_days, at_least: 2 }\n';
  return writeFiles(temporaryFolder(), {
    'tidemark.yml': file,
    'segments/repeat_buyers.yml': segment,
    ...(project.orders === undefined ? {} : { 'orders.csv': project.orders }),
    ...files,
  });
}
