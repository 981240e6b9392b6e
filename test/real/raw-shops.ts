import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** One order, or one returned amount, as the raw file has it. Money in ten-thousandths, days since 1970-01-01. */
export interface Movement {
  customer: string;
  day: number;
  amount: number;
}

export interface RawShop {
  rows: number;
  /** Ids on any row, whether it counts or not. */
  customers: number;
  /** What counts as a purchase; without a customer id too. */
  purchases: (Movement & { order?: string })[];
  returns: Movement[];
}

export const REAL_DATA = resolve(process.env.TIDEMARK_REAL_DATA ?? join(__dirname, '../../../shared/data'));

/** Tests over real shops run where their public data lie; elsewhere each one says that it was skipped and why. */
export const describeReal = existsSync(REAL_DATA) ? describe : describe.skip;
if (!existsSync(REAL_DATA))
  console.warn(`skipped: no folder ${REAL_DATA}; TIDEMARK_REAL_DATA names the folder of examples/README.md`);

export function dayOf(date: string): number {
  return Date.parse(`${date.slice(0, 10)}T00:00:00Z`) / 86_400_000;
}

export function dateOf(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

function textOf(path: string): string {
  const bytes = readFileSync(join(REAL_DATA, path));
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

function linesOf(path: string): string[] {
  return textOf(path)
    .split(/\r?\n/)
    .slice(1)
    .filter((line) => line.trim() !== '');
}

/** Ten-thousandths, exactly, from a decimal text of at most four digits after the point. */
export function exact(text: string): number {
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d*)\.?(\d{0,4})$/.exec(text.trim()) ?? [];
  if (whole === undefined) throw new Error('not a decimal number');
  return (sign === '-' ? -1 : 1) * (Number(whole) * 10_000 + Number(fraction.padEnd(4, '0')));
}

function shopOf(rows: (Movement | null)[], countsWithoutAmount = false): RawShop {
  const all = rows.filter((row): row is Movement => row !== null);
  return {
    rows: all.length,
    customers: new Set(all.map(({ customer }) => customer)).size,
    purchases: all.filter((row) => countsWithoutAmount || row.amount > 0),
    returns: all.filter((row) => row.amount < 0).map((row) => ({ ...row, amount: -row.amount })),
  };
}

export function apparel(file: string): RawShop {
  const rows = linesOf(file).map((line) => line.split(','));
  return shopOf(
    rows.map(([id = '', date = '', price = '']) => ({ customer: id, day: dayOf(date), amount: exact(price) })),
  );
}

export function grocery(): RawShop {
  const rows = linesOf('grocery/groceryElog.csv').map((line) => line.replaceAll('"', '').split(','));
  return shopOf(
    rows.map(([id = '', date = '']) => ({ customer: id, day: dayOf(date), amount: 0 })),
    true,
  );
}

export function cdnow(): RawShop {
  const rows = linesOf('cdnow/CDNOW_master.txt.gz').map((line) => line.trim().split(/\s+/));
  return shopOf(
    rows.map(([id = '', day = '', , dollars = '']) => ({
      customer: id,
      day: dayOf(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}`),
      amount: exact(dollars),
    })),
  );
}

function cellsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

const SHIPPING = ['POST', 'DOT', 'C2'];
const FEES = ['M', 'm', 'S', 'B', 'BANK CHARGES', 'AMAZONFEE', 'CRUK'];

/** Lines to invoices: an invoice with goods sold for more than nothing is an order; goods going back are returns. */
export function uci(): RawShop {
  const lines = linesOf('uci-online-retail/online_retail.csv.gz');
  const orders = new Map<string, Movement & { order: string }>();
  const returns: Movement[] = [];
  const buyers = new Set<string>();
  for (const line of lines) {
    const [invoice = '', code = '', , quantity = '', time = '', price = '', buyer = ''] = cellsOf(line);
    const day = dayOf(time);
    buyers.add(buyer);
    if (SHIPPING.includes(code) || FEES.includes(code) || code.startsWith('gift_0001_')) continue;
    const customer = buyer.replace(/\.0$/, '');
    const amount = Number(quantity) * exact(price);
    if (Number(quantity) < 0 || amount < 0) {
      returns.push({ customer, day, amount: -amount });
      continue;
    }
    const order = orders.get(invoice) ?? { customer, day, amount: 0, order: invoice };
    order.amount += amount;
    orders.set(invoice, order);
  }
  buyers.delete('');
  return {
    rows: lines.length,
    customers: buyers.size,
    purchases: [...orders.values()].filter((order) => order.amount > 0),
    returns,
  };
}
