import type { SOURCES } from '../../src/core/sources/contract';

type Sources = typeof SOURCES;

/** What each source table is for, and what each of its columns means: for the reference page. The types make it complete. */
export const SOURCE_NOTES: {
  [S in keyof Sources]: { about: string; columns: { [C in keyof Sources[S]]: string } };
} = {
  orders: {
    about:
      'The only table that is needed; leave it out only where `order_lines` carry `customer_id` and `ordered_at`. An order with an amount above 0 (or, without amounts, any order) that is neither cancelled nor a test is a purchase.',
    columns: {
      customer_id: "Pseudonym of the buyer; `hash: true` where the shop's key is an e-mail address",
      ordered_at: 'Day or time of the order',
      order_id: 'Number of the order: rows with the same one are the same order. Without it every row is an order',
      amount:
        'What was paid for goods after discounts, before any return; without tax, shipping and gift cards where they can be told apart. Below 0: a return, where no better source of returns is mapped',
      discount_amount: 'What was taken off; not yet used',
      status: 'What became of the order; null counts as completed',
      cancelled_at: 'Since when the order does not count any more',
      channel: 'Where it was placed; not yet used',
      campaign_id: 'The campaign that brought it; not yet used',
      discount_code: 'The code used; not yet used',
      currency:
        "ISO 4217 code; the money columns of a person with an order in another currency than the shop's stay empty",
      is_gift: 'Whether it is a gift; not yet used',
      ships_to_other: 'Whether it goes to somebody else; not yet used',
    },
  },
  order_lines: {
    about:
      'What was in each order: favourite departments and categories, discounts, new arrivals, returns by line. Where there is no `orders` table, orders are made from the lines.',
    columns: {
      order_id: 'The order',
      product_id: 'The product',
      quantity: 'Pieces; below 0 counts as a return',
      amount: 'What was paid for the line after discounts',
      line_id: 'Number of the line within its order; lines are taken as repeated only where it is mapped',
      list_amount: 'The same at list price',
      discount_amount: 'What was taken off',
      is_return: 'Whether the line gives something back',
      line_kind: 'Only goods are counted; null counts as goods',
      category: "Path such as `Shoes > Running`; else the product's",
      department: "Department; else the product's",
      customer_id: 'The buyer, where there is no orders table',
      ordered_at: 'Day or time, where there is no orders table',
    },
  },
  refunds: {
    about: 'Money given back, each on its own day. Where it is mapped, it is the only source of returns.',
    columns: {
      refunded_at: 'Day or time of the booking',
      amount: 'What was given back, above 0',
      order_id: 'The order given back; this or `customer_id` is needed',
      customer_id: 'The buyer; this or `order_id` is needed',
      line_id: 'The line given back',
    },
  },
  products: {
    about: 'What is sold.',
    columns: {
      product_id: 'The product',
      category: 'Path such as `Shoes > Running`; the first part is the top category',
      department: 'Department',
      made_for: 'Whom it is made for',
      launched_at: 'First day of sale: what is bought by the 42nd day after it is a new arrival',
      collection: 'Collection; not yet used',
      brand: 'Brand; not yet used',
    },
  },
  customers: {
    about:
      'Who the shop knows. People in it without a purchase become prospects. Personal columns are type-checked and never written.',
    columns: {
      customer_id: 'The customer',
      created_at: 'Day or time the account was made',
      email: 'One address or an array of them; for exports to come',
      phone: 'One number or an array of them; for exports to come',
      first_name: 'For exports to come',
      last_name: 'For exports to come',
      country: 'As the shop writes it',
      region: 'As the shop writes it',
      city: 'As the shop writes it',
      postal_code: 'For exports to come',
      birth_date: 'Only an age band and the day of the year are kept',
      gender: 'As the shop writes it',
      time_zone: "The person's own IANA zone",
      kind: 'Private or business customer',
      is_internal: "Whether it is one of the shop's own people: counts nowhere",
    },
  },
  events: {
    about: 'What people did in the shop, online or not.',
    columns: {
      customer_id: 'The customer; an id seen only here is nobody yet',
      occurred_at: 'Day or time',
      type: 'What happened',
      product_id: 'The product looked at',
      category: 'The category looked at',
      channel: 'Where',
    },
  },
  campaigns: {
    about: 'What was sent to many.',
    columns: {
      campaign_id: 'The campaign',
      channel: 'Such as email',
      theme: 'What it was about',
      started_at: 'When it began',
    },
  },
  campaign_events: {
    about: 'What became of each message.',
    columns: {
      customer_id: 'The customer',
      campaign_id: 'The campaign',
      occurred_at: 'Day or time',
      type: 'What happened',
      is_machine: "Whether a machine did it, such as a mail program's privacy proxy: not counted",
    },
  },
  consents: {
    about: 'What people agreed to. The newest row of a person and purpose holds.',
    columns: {
      customer_id: 'The customer',
      purpose: 'For what',
      status: 'What the person said; a value without a mapping counts as no consent',
      changed_at: 'Day or time of the word',
      destination: 'The only destination it is about; empty for all',
    },
  },
  survey_answers: {
    about: 'What people said of themselves.',
    columns: {
      customer_id: 'The customer',
      question: 'Key of the question',
      answer: 'Key of the answer',
      answered_at: 'Day or time',
    },
  },
  referrals: {
    about: 'Who brought whom.',
    columns: {
      referrer_customer_id: 'Who recommended the shop',
      referred_customer_id: 'Who came',
      referred_at: 'Day or time',
    },
  },
  feedback: {
    about: 'Reviews, answers to "would you recommend us", and tickets.',
    columns: {
      customer_id: 'The customer',
      given_at: 'Day or time',
      kind: 'What it is',
      score: 'The score given',
    },
  },
  identities: {
    about:
      'Which ids turned out to be the same person. The newest row of an id holds; an id merged into may not itself be merged on the same days.',
    columns: {
      customer_id: 'The id that was merged',
      canonical_customer_id: 'The id it was merged into',
      valid_from: 'Day or time from which it holds',
    },
  },
  suppressions: {
    about: 'Who must be left alone.',
    columns: {
      customer_id: 'The customer',
      from_date: 'First day',
      until_date: 'Last day; empty for ever',
      destination: 'The only destination it is about; empty for all',
      reason: 'Why',
    },
  },
  occasions: {
    about: "Days in people's lives; staged, not yet used by a field.",
    columns: { customer_id: 'The customer', kind: 'What it is', month_day: 'Day of the year as MM-DD' },
  },
  calendar: {
    about:
      'Days that matter to the shop; staged, not yet used by a field. Left out: defaults for Austria, Germany, Great Britain and the United States.',
    columns: {
      day: 'The day',
      kind: 'What it is',
      country: 'Two-letter code; empty for every country',
      name: 'Its name',
    },
  },
};

/** The two columns that any source may map. */
export const VERSION_NOTES: Record<string, string> = {
  recorded_at:
    'When the row became known: night D sees only rows recorded by the end of D, so that an old night reproduces itself',
  updated_at: 'Which of several rows of the same thing is newest',
};
