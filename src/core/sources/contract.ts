/**
 * The source tables a shop may map (contract section 3): what each column means to Tidemark, in one place.
 * Staging, validation, the JSON Schema, the demo shop and the reference pages all derive from this table.
 */

/**
 * - text, integer, decimal (money and quantities), boolean, date
 * - time: a local day of the shop with or without a time of day; see core/sources/times.ts
 * - text_list: one text or an array of texts
 * - month_day: 'MM-DD'
 * - enum: one of `values`
 */
export type SourceColumnType =
  | 'text'
  | 'integer'
  | 'decimal'
  | 'boolean'
  | 'date'
  | 'time'
  | 'text_list'
  | 'month_day'
  | 'enum';

export interface SourceColumnContract {
  type: SourceColumnType;
  required?: true;
  /** Personal data: type-checked, never written, never printed. */
  personal?: true;
  values?: readonly string[];
}

export type SourceContract = Readonly<Record<string, SourceColumnContract>>;

const text: SourceColumnContract = { type: 'text' };
const requiredText: SourceColumnContract = { type: 'text', required: true };
const decimal: SourceColumnContract = { type: 'decimal' };
const time: SourceColumnContract = { type: 'time' };
const requiredTime: SourceColumnContract = { type: 'time', required: true };
const boolean: SourceColumnContract = { type: 'boolean' };
const personalText: SourceColumnContract = { type: 'text', personal: true };
const oneOf = (...values: string[]): SourceColumnContract => ({ type: 'enum', values });
const requiredOneOf = (...values: string[]): SourceColumnContract => ({ type: 'enum', required: true, values });

/** Every source may also map these two: when a row became known, and which version of a row is newest. */
export const VERSION_COLUMNS: SourceContract = { recorded_at: time, updated_at: time };

export const SOURCES = {
  orders: {
    customer_id: requiredText,
    ordered_at: requiredTime,
    order_id: text,
    amount: decimal,
    discount_amount: decimal,
    status: oneOf('completed', 'cancelled', 'returned', 'test'),
    cancelled_at: time,
    channel: text,
    campaign_id: text,
    discount_code: text,
    currency: text,
    is_gift: boolean,
    ships_to_other: boolean,
  },
  order_lines: {
    order_id: requiredText,
    product_id: requiredText,
    quantity: { type: 'decimal', required: true },
    amount: decimal,
    line_id: text,
    list_amount: decimal,
    discount_amount: decimal,
    is_return: boolean,
    line_kind: oneOf('goods', 'shipping', 'fee', 'gift_card'),
    category: text,
    department: text,
    customer_id: text,
    ordered_at: time,
  },
  refunds: {
    refunded_at: requiredTime,
    amount: { type: 'decimal', required: true },
    order_id: text,
    customer_id: text,
    line_id: text,
  },
  products: {
    product_id: requiredText,
    category: text,
    department: text,
    made_for: oneOf('women', 'men', 'kids', 'all'),
    launched_at: time,
    collection: text,
    brand: text,
  },
  customers: {
    customer_id: requiredText,
    created_at: time,
    email: { type: 'text_list', personal: true },
    phone: { type: 'text_list', personal: true },
    first_name: personalText,
    last_name: personalText,
    country: text,
    region: text,
    city: text,
    postal_code: personalText,
    birth_date: { type: 'date', personal: true },
    gender: text,
    time_zone: text,
    kind: oneOf('consumer', 'business'),
    is_internal: boolean,
  },
  events: {
    customer_id: requiredText,
    occurred_at: requiredTime,
    type: requiredOneOf('visit', 'view_product', 'view_category', 'search', 'add_to_cart', 'begin_checkout'),
    product_id: text,
    category: text,
    channel: text,
  },
  campaigns: { campaign_id: requiredText, channel: text, theme: text, started_at: time },
  campaign_events: {
    customer_id: requiredText,
    campaign_id: requiredText,
    occurred_at: requiredTime,
    type: requiredOneOf('sent', 'delivered', 'opened', 'clicked', 'converted', 'unsubscribed', 'bounced', 'complained'),
    is_machine: boolean,
  },
  consents: {
    customer_id: requiredText,
    purpose: requiredOneOf('ads', 'email', 'sms', 'push', 'post', 'personalisation'),
    status: requiredOneOf('granted', 'denied', 'revoked'),
    changed_at: requiredTime,
    destination: text,
  },
  survey_answers: {
    customer_id: requiredText,
    question: requiredText,
    answer: requiredText,
    answered_at: requiredTime,
  },
  referrals: { referrer_customer_id: requiredText, referred_customer_id: requiredText, referred_at: requiredTime },
  feedback: {
    customer_id: requiredText,
    given_at: requiredTime,
    kind: requiredOneOf('review', 'nps', 'ticket'),
    score: decimal,
  },
  identities: { customer_id: requiredText, canonical_customer_id: requiredText, valid_from: requiredTime },
  suppressions: {
    customer_id: requiredText,
    from_date: { type: 'date', required: true },
    until_date: { type: 'date' },
    destination: text,
    reason: text,
  },
  occasions: {
    customer_id: requiredText,
    kind: requiredOneOf('birthday', 'anniversary', 'gift_day'),
    month_day: { type: 'month_day', required: true },
  },
  calendar: {
    day: { type: 'date', required: true },
    kind: requiredOneOf('gift_day', 'sale', 'closed'),
    country: text,
    name: text,
  },
} as const satisfies Record<string, SourceContract>;

export type SourceName = keyof typeof SOURCES;

export const SOURCE_NAMES = Object.keys(SOURCES) as SourceName[];

/**
 * The sources whose rows are kept by month in rollups, each with the column that says which day a row is about: they may
 * have a `partition`. Every other source is asked for anew each night.
 */
export const WINDOWED_DAYS = {
  orders: 'ordered_at',
  order_lines: 'ordered_at',
  refunds: 'refunded_at',
  events: 'occurred_at',
  campaign_events: 'occurred_at',
} as const satisfies Partial<Record<SourceName, string>>;

export type WindowedSource = keyof typeof WINDOWED_DAYS;
export const WINDOWED_SOURCES = Object.keys(WINDOWED_DAYS) as WindowedSource[];

/** The columns a source may map, its own and the version columns. */
export function sourceColumns(name: SourceName): SourceContract {
  return { ...SOURCES[name], ...VERSION_COLUMNS };
}
