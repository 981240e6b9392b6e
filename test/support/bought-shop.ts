import { addDays } from '../../src/core/dates';
import type { Manifest } from '../../src/core/snapshots/manifest';
import { type Customer, FIT_DAY, shopOf } from '../core/scores/made-up-rows';
import { readTable, type TableRow } from './night';
import { ORDER_COLUMNS, ordersProject } from './orders-project';

/** A Monday; day 0 of the made-up customers lies three years before it. */
export const MONDAY = '2025-04-07';

export const CUSTOMERS = shopOf(240, 4, FIT_DAY + 4);

/** Their orders up to a day, as CSV. */
export function ordersOf(shop: readonly Customer[], lastDay: string, line = (text: string) => text): string {
  const rows = shop.flatMap(({ days, value }, buyer) =>
    days.map((day, index) => {
      const total = (value * (1 + (index % 3) / 5)).toFixed(2);
      return { buyer, day: addDays(MONDAY, day - FIT_DAY), total };
    }),
  );
  const lines = rows
    .filter(({ day }) => day <= lastDay)
    .map(({ buyer, day, total }, id) => line(`${id},c${buyer},${day},${total},EUR`));
  return `id,buyer,day,total,money\n${lines.join('\n')}\n`;
}

/** A project of such orders. */
export const boughtProject = (orders: string, columns = ORDER_COLUMNS, horizonDays = 56): string =>
  ordersProject({ orders, columns, top: `predictions: { horizon_days: ${horizonDays} }\n` });

/** Rows of a table of a night, in the order of their text. */
export const sortedRows = async (root: string, night: Manifest, table: string): Promise<TableRow[]> =>
  (await readTable(root, night, table)).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
