import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { addDays } from '../../src/core/dates';
import { csv, type SourceRow, writeFiles } from './shop';

/**
 * A small random shop whose rows arrive over time, as a warehouse sees them: some days late, changed afterwards, in
 * partitions by their own day, by the day in another zone, or by the day they were loaded. All of it keeps what
 * `late_arrival_days` and `slack_days` promise.
 */
export const LATE_DAYS = 5;
export const SLACK_DAYS = 1;
const FIRST_DAY = '2025-01-01';
const DAYS = 105;

/** A row with the days on which it is there; one that changes leaves, and its other version arrives. */
interface Arriving {
  row: SourceRow;
  arrives: string;
  leaves?: string;
}

export type ArrivingShop = Record<string, Arriving[]>;
type Partitioning = 'own_day' | 'other_zone' | 'loaded';
export type ReturnsBy = 'refunds' | 'lines' | 'documents' | 'status';

export interface Shape {
  /** By numbers from 0 to below 1, the same for the same shop. */
  chance: () => number;
  returnsBy: ReturnsBy;
  partitionedBy: Partitioning;
  /** Whether a change comes as one more row with updated_at, rather than in the row's place. */
  hasVersions: boolean;
  hasRecordedAt: boolean;
}

export function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

class Maker {
  readonly shop: ArrivingShop = { orders: [], order_lines: [], refunds: [], events: [], campaign_events: [] };
  private number = 0;

  constructor(private readonly shape: Shape) {}

  make(): ArrivingShop {
    for (let customer = 0; customer < 24; customer += 1) {
      const orders = 1 + this.upTo(7);
      for (let order = 0; order < orders; order += 1) this.order(`c${customer}`);
      for (let visit = 0; visit < 5; visit += 1) this.happening('events', `c${customer}`, 'view_product');
      for (let mail = 0; mail < 2; mail += 1) this.happening('campaign_events', `c${customer}`, 'sent');
    }
    return this.shop;
  }

  private upTo(most: number): number {
    return Math.floor(this.shape.chance() * (most + 1));
  }

  private late(day: string): string {
    return addDays(day, this.shape.chance() < 0.4 ? this.upTo(LATE_DAYS) : 0);
  }

  private add(source: string, day: string, arrives: string, row: SourceRow, leaves?: string): void {
    const { partitionedBy, chance } = this.shape;
    const lag = partitionedBy === 'other_zone' && chance() < 0.5 ? SLACK_DAYS : 0;
    const dt = partitionedBy === 'loaded' ? arrives : addDays(day, -lag);
    const written = source === 'order_lines' ? dt.replaceAll('-', '') : dt;
    this.shop[source]?.push({ row: { ...row, dt: written }, arrives, ...(leaves !== undefined && { leaves }) });
  }

  private order(buyer: string): void {
    const { chance, returnsBy, hasVersions } = this.shape;
    this.number += 1;
    const day = addDays(FIRST_DAY, this.upTo(DAYS));
    const arrives = this.late(day);
    const total = (5 + this.upTo(9000) / 100).toFixed(2);
    const row = {
      id: `o${this.number}`,
      buyer: chance() < 0.03 ? 'till' : buyer,
      day,
      total: returnsBy === 'documents' && chance() < 0.15 ? `-${total}` : total,
      state: chance() < 0.04 ? 'test' : 'paid',
      voided: '',
      changed: arrives,
      known: arrives,
    };
    const fate = chance();
    const end = addDays(day, LATE_DAYS);
    if (fate < 0.2 && arrives < end) {
      // changed within the late days: cancelled, or, where that is how returns are told, returned
      const changes = addDays(arrives, 1 + this.upTo(daysBetween(arrives, end) - 1));
      const state = returnsBy === 'status' && fate < 0.1 ? 'returned' : 'voided';
      this.add('orders', day, arrives, row, hasVersions ? undefined : changes);
      this.add('orders', day, changes, { ...row, state, voided: state === 'voided' ? changes : '', changed: changes });
    } else {
      this.add('orders', day, arrives, row);
      if (fate > 0.97) this.add('orders', day, this.late(day), row);
    }
    this.lines(row.id, day, total);
    if (chance() < 0.35) this.giveBack(row.id, buyer, day);
  }

  private lines(order: string, day: string, amount: string): void {
    const lines = 1 + this.upTo(1);
    for (let line = 0; line < lines; line += 1) {
      const product = `p${this.upTo(3)}`;
      this.add('order_lines', day, this.late(day), { order, product, pieces: '1', amount, back: 'no', day: '' });
    }
  }

  /** Up to two months after the order, so that most orders lie in no window then. */
  private giveBack(order: string, buyer: string, day: string): void {
    const { chance, returnsBy } = this.shape;
    const back = addDays(day, this.upTo(60));
    const amount = (1 + this.upTo(400) / 100).toFixed(2);
    if (returnsBy === 'refunds') {
      const row = { order: chance() < 0.8 ? order : '', buyer: '', day: back, amount };
      this.add('refunds', back, this.late(back), { ...row, buyer: row.order === '' || chance() < 0.3 ? buyer : '' });
    } else if (returnsBy === 'lines') {
      const isDated = chance() < 0.7;
      const at = isDated ? back : day;
      const row = { order, product: 'p1', pieces: '-1', amount: `-${amount}`, back: 'yes', day: isDated ? back : '' };
      this.add('order_lines', at, this.late(at), row);
    }
  }

  private happening(source: string, id: string, kind: string): void {
    const day = addDays(FIRST_DAY, this.upTo(DAYS));
    this.add(source, day, this.late(day), { id, day, kind, mail: 'm1' });
  }
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

export const makeArrivingShop = (shape: Shape): ArrivingShop => new Maker(shape).make();

function mappings({ returnsBy, hasVersions, hasRecordedAt }: Shape): Record<string, string> {
  const more = `${hasVersions ? ', updated_at: changed' : ''}${hasRecordedAt ? ', recorded_at: known' : ''}`;
  return {
    orders: `order_id: id, customer_id: buyer, ordered_at: day, amount: total, status: { column: state, values: { paid: completed, voided: cancelled, test: test, returned: returned } }, cancelled_at: voided${more}`,
    order_lines:
      'order_id: order, product_id: product, quantity: pieces, amount: amount, is_return: back, ordered_at: day',
    ...(returnsBy === 'refunds' && {
      refunds: 'order_id: order, customer_id: buyer, refunded_at: day, amount: amount',
    }),
    events: 'customer_id: id, occurred_at: day, type: kind',
    campaign_events: 'customer_id: id, campaign_id: mail, occurred_at: day, type: kind',
  };
}

const PRODUCTS = ['Shoes > Running', 'Food', 'Baby', 'Garden'].map((shelf, index) => ({ id: `p${index}`, shelf }));
const IDENTITIES = [{ from: 'c3', into: 'c4', since: '2025-02-20' }];

/** The project as the warehouse holds it at the end of a day. */
export function writeArrived(folder: string, shop: ArrivingShop, shape: Shape, today: string): string {
  rmSync(join(folder, 'data'), { recursive: true, force: true });
  mkdirSync(join(folder, 'data'), { recursive: true });
  const sources = Object.entries(mappings(shape)).map(([name, columns]) => {
    const all = shop[name] ?? [];
    const there = all.filter(({ arrives, leaves }) => arrives <= today && (leaves === undefined || leaves > today));
    const header = csv([all[0]?.row ?? {}]).split('\n')[0];
    const rows = there.length > 0 ? csv(there.map(({ row }) => row)) : `${header}\n`;
    writeFiles(folder, { [`data/${name}.csv`]: rows });
    return `  ${name}:\n    from: data/${name}.csv\n    partition: { column: dt, slack_days: ${SLACK_DAYS} }\n    columns: { ${columns} }\n`;
  });
  cpSync(resolve(__dirname, '../../segments'), join(folder, 'segments'), {
    recursive: true,
    filter: (file) => !file.endsWith('.md'),
  });
  const whole = `  products:\n    from: data/products.csv\n    columns: { product_id: id, category: shelf }\n  identities:\n    from: data/identities.csv\n    columns: { customer_id: from, canonical_customer_id: into, valid_from: since }\n`;
  return writeFiles(folder, {
    'data/products.csv': csv(PRODUCTS),
    'data/identities.csv': csv(IDENTITIES),
    'tidemark.yml': `shop: arriving\ntime_zone: Europe/Vienna\ncurrency: EUR\nnot_customers: [till]\nlate_arrival_days: ${LATE_DAYS}\nsources:\n${sources.join('')}${whole}`,
  });
}
