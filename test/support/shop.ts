import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** A row of a source as the shop's export would hold it; every value is the text of its CSV cell. */
export type SourceRow = Record<string, string>;
export type ShopTables = Record<string, SourceRow[]>;

/** A small shop of three years up to the first days of April 2025, the same on every machine. */
export const NIGHTS = ['2025-03-30', '2025-03-31', '2025-04-01'] as const;
const FIRST_DAY = Date.parse('2022-04-01T00:00:00Z');
const LAST_DAY = Date.parse('2025-04-03T00:00:00Z');
const DAY = 86_400_000;

/** Numbers that look random and never change: the shop must be the same for everybody. */
function chances(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
const stamp = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z');

/**
 * Orders (with cancellations, returns, late and repeated rows, rows without id and after every night), lines, refunds,
 * customers, identities, consents and events of that many customers.
 */
export function makeShop(customers: number, seed = 7): ShopTables {
  const chance = chances(seed);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(chance() * values.length)] as T;
  const shop = {
    orders: [],
    order_lines: [],
    refunds: [],
    customers: [],
    identities: [],
    consents: [],
    events: [],
  } as {
    [name in 'orders' | 'order_lines' | 'refunds' | 'customers' | 'identities' | 'consents' | 'events']: SourceRow[];
  };
  let number = 0;
  for (let index = 0; index < customers; index += 1) {
    const id = `c${String(index).padStart(4, '0')}`;
    const start = FIRST_DAY + Math.floor(chance() ** 0.8 * (LAST_DAY - FIRST_DAY));
    const gap = pick([20, 45, 90, 200]) * DAY;
    const orders = chance() < 0.4 ? 1 : 2 + Math.floor(chance() * 12);
    let at = start;
    for (let order = 0; order < orders && at < LAST_DAY; order += 1) {
      number += 1;
      writeOrder(shop, { id, number, at: Math.floor(at / 60_000) * 60_000, chance, pick });
      at += chance() < 0.1 ? 3_600_000 : Math.floor(gap * (0.2 + chance() * 1.6));
    }
    shop.customers.push({
      id,
      made: day(start),
      land: pick(['AT', 'DE', '']),
      sex: pick(['f', 'm', '']),
      staff: index % 50 === 49 ? 'true' : 'false',
    });
    if (index % 12 === 11)
      shop.identities.push({ from: id, into: `c${String(index - 5).padStart(4, '0')}`, since: '2024-06-01' });
    shop.consents.push({
      id,
      what: 'email',
      said: pick(['granted', 'denied']),
      at: stamp(Math.floor(start / 1000) * 1000),
    });
    for (let visit = 0; visit < 2; visit += 1)
      shop.events.push({
        id,
        at: stamp(LAST_DAY - Math.floor(chance() * 60) * DAY),
        kind: pick(['visit', 'view_product']),
        product: pick(['p1', 'p2', 'p3']),
      });
  }
  return shop;
}

interface OrderSeed {
  id: string;
  number: number;
  at: number;
  chance: () => number;
  pick: <T>(values: readonly T[]) => T;
}

function writeOrder(shop: { [name in 'orders' | 'order_lines' | 'refunds']: SourceRow[] }, seed: OrderSeed): void {
  const { chance, pick, at } = seed;
  const cents = 500 + Math.floor(chance() * 20_000);
  const total = (cents / 100).toFixed(2);
  const draw = chance();
  const late = chance() < 0.03 ? Math.ceil(chance() * 3) * DAY : 0;
  const row = {
    id: `o${seed.number}`,
    buyer: draw < 0.01 ? '' : draw < 0.02 ? 'till' : seed.id,
    at: stamp(at),
    total: draw > 0.02 && draw < 0.03 ? '0.00' : total,
    state: draw > 0.95 ? 'voided' : draw > 0.94 ? 'test' : 'paid',
    voided: draw > 0.97 ? stamp(at + 5 * DAY) : '',
    known: stamp(at + late),
  };
  shop.orders.push(row);
  if (chance() < 0.01) shop.orders.push({ ...row });
  if (draw > 0.05 && draw < 0.15) {
    const back = at + Math.ceil(chance() * 20) * DAY;
    shop.refunds.push({ order: row.id, at: stamp(back), total: (Math.ceil(cents / 2) / 100).toFixed(2) });
  }
  shop.order_lines.push({
    order: row.id,
    product: pick(['p1', 'p2', 'p3']),
    pieces: '1',
    total,
    shelf: pick(['Shoes > Running', 'Food', 'Baby > Care']),
  });
}

const MAPPINGS: Record<string, string> = {
  orders:
    'order_id: id, customer_id: buyer, ordered_at: at, amount: total, status: { column: state, values: { paid: completed, voided: cancelled, test: test } }, cancelled_at: voided, recorded_at: known',
  order_lines: 'order_id: order, product_id: product, quantity: pieces, amount: total, category: shelf',
  refunds: 'order_id: order, refunded_at: at, amount: total',
  customers: 'customer_id: id, created_at: made, country: land, gender: sex, is_internal: staff',
  identities: 'customer_id: from, canonical_customer_id: into, valid_from: since',
  consents: 'customer_id: id, purpose: what, status: said, changed_at: at',
  events: 'customer_id: id, occurred_at: at, type: kind, product_id: product',
};

/** tidemark.yml of a made shop, for those sources that it has rows of. */
export function shopFile(sources: readonly string[], extra = ''): string {
  const mapped = sources.map(
    (name) => `  ${name}:\n    from: data/${name}-*.csv\n    columns: { ${MAPPINGS[name]} }\n`,
  );
  return `shop: small-shop\ntime_zone: Europe/Vienna\ncurrency: EUR\nnot_customers: [till]\n${extra}sources:\n${mapped.join('')}`;
}

export function temporaryFolder(name = 'tidemark-pipeline-'): string {
  return mkdtempSync(join(tmpdir(), name));
}

/** A project folder with these files. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const quoted = (cell: string): string => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

export function csv(rows: readonly SourceRow[]): string {
  const names = Object.keys(rows[0] ?? {});
  return [names, ...rows.map((row) => names.map((name) => row[name] ?? ''))]
    .map((cells) => `${cells.map(quoted).join(',')}\n`)
    .join('');
}

export interface WriteShopOptions {
  /** How many files each source is split over. */
  files?: number;
  /** A fixed other order of the rows. */
  isShuffled?: boolean;
  /** More of tidemark.yml, above `sources`. */
  extra?: string;
}

/** Writes a made shop as a project with the shipped segments; returns its folder. */
export function writeShop(folder: string, shop: ShopTables, options: WriteShopOptions = {}): string {
  const { files = 1, isShuffled = false, extra = '' } = options;
  const names = Object.keys(shop).filter((name) => (shop[name] ?? []).length > 0);
  for (const name of names) {
    const rows = [...(shop[name] as SourceRow[])];
    if (isShuffled) rows.reverse().sort((a, b) => mixed(a) - mixed(b));
    for (let part = 0; part < files; part += 1)
      writeFiles(folder, { [`data/${name}-${part}.csv`]: csv(rows.filter((_, index) => index % files === part)) });
  }
  cpSync(resolve(__dirname, '../../segments'), join(folder, 'segments'), {
    recursive: true,
    filter: (file) => !file.endsWith('.md'),
  });
  return writeFiles(folder, { 'tidemark.yml': shopFile(names, extra) });
}

function mixed(row: SourceRow): number {
  let sum = 0;
  for (const letter of Object.values(row).join()) sum = (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0;
  return Math.imul(sum, 2_654_435_761);
}
