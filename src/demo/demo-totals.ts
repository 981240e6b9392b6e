import type { DemoDatabase } from './demo-database';

/** One department as measured: shares are by value, stockOutRatio compares its dip week with the weeks around it. */
export interface DepartmentTotals {
  department: string;
  lines: number;
  revenue: number;
  returnShare: number;
  stockOutRatio: number;
}

/** How many customers carry a persona, how many imitate it, and for how many its rule holds before noise. */
export interface PersonaTotals {
  persona: string;
  carriers: number;
  decoys: number;
  ruleHolds: number;
}

/** What the written files hold, counted from them. Shares lie between 0 and 1, revenue is in the shop's currency. */
export interface DemoTotals {
  dir: string;
  firstDay: string;
  /** The last complete day: the run date of a night over these files. */
  lastDay: string;
  customers: number;
  buyers: number;
  orders: number;
  ordersPerBuyer: number;
  revenue: number;
  oneTimeShare: number;
  topFifthRevenueShare: number;
  lastQuarterRevenueShare: number;
  guestOrderShare: number;
  emailConsentShare: number;
  lateOrderShare: number;
  repeatedRows: number;
  supersededRows: number;
  notAPurchaseShare: number;
  otherCurrencyShare: number;
  mergedIdentities: number;
  timeZones: number;
  stockOut: { department: string; firstDay: string; ratio: number };
  experiment: {
    treated: number;
    control: number;
    treatedShare: number;
    controlShare: number;
    lift: number;
    plantedLift: number;
  };
  departments: DepartmentTotals[];
  personas: PersonaTotals[];
  /** Rows of every source. */
  rows: Record<string, number>;
}

/** Measures the files behind the views written_<source>. */
export async function measureDemo(
  database: DemoDatabase,
  facts: { dir: string; lastDay: string; customers: number; rows: Record<string, number> },
): Promise<DemoTotals> {
  const [row = {}] = await database.rowsOf('20-totals.sql');
  const number = (name: string): number => Number(row[name] ?? 0);
  const departments = (await database.rowsOf('21-department-totals.sql')).map((found) => ({
    department: String(found.department),
    lines: Number(found.lines),
    revenue: Number(found.revenue),
    returnShare: Number(found.return_share),
    stockOutRatio: Number(found.stock_out_ratio ?? 0),
  }));
  const personas = (await database.rowsOf('22-persona-totals.sql')).map((found) => ({
    persona: String(found.persona),
    carriers: Number(found.carriers),
    decoys: Number(found.decoys),
    ruleHolds: Number(found.rule_holds),
  }));
  return {
    ...facts,
    firstDay: String(row.first_day),
    buyers: number('buyers'),
    orders: number('orders'),
    ordersPerBuyer: number('orders_per_buyer'),
    revenue: number('revenue'),
    oneTimeShare: number('one_time_share'),
    topFifthRevenueShare: number('top_fifth_revenue_share'),
    lastQuarterRevenueShare: number('last_quarter_revenue_share'),
    guestOrderShare: number('guest_order_share'),
    emailConsentShare: number('email_consent_share'),
    lateOrderShare: number('late_order_share'),
    repeatedRows: number('repeated_rows'),
    supersededRows: number('superseded_rows'),
    notAPurchaseShare: number('not_a_purchase_share'),
    otherCurrencyShare: number('other_currency_share'),
    mergedIdentities: number('merged_identities'),
    timeZones: number('time_zones'),
    stockOut: {
      department: 'sport',
      firstDay: String(row.stock_out_day),
      ratio: departments.find(({ department }) => department === 'sport')?.stockOutRatio ?? 0,
    },
    experiment: {
      treated: number('treated'),
      control: number('control'),
      treatedShare: number('treated_share'),
      controlShare: number('control_share'),
      lift: number('treated_share') - number('control_share'),
      plantedLift: number('planted_lift'),
    },
    departments,
    personas,
  };
}
