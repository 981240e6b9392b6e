import type { DemoTotals } from './demo-totals';

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const count = (value: number): string => Math.round(value).toLocaleString('en-GB');
const points = (share: number): string => (share * 100).toFixed(1);

/** The totals as lines for a person to read, without colour. */
export function formatDemoTotals(totals: DemoTotals): string {
  const { experiment, stockOut } = totals;
  const lines = [
    `Demo shop in ${totals.dir}`,
    `  ${totals.firstDay} to ${totals.lastDay} · ${count(totals.customers)} customers, ${count(totals.buyers)} have bought · ` +
      `${count(totals.orders)} orders (${totals.ordersPerBuyer.toFixed(1)} a buyer, guests' beside) · EUR ${count(totals.revenue)}`,
    '',
    `  buy once only                ${percent(totals.oneTimeShare)} of buyers`,
    `  top fifth of buyers          ${percent(totals.topFifthRevenueShare)} of identified revenue`,
    `  October to December          ${percent(totals.lastQuarterRevenueShare)} of revenue`,
    `  guest orders                 ${percent(totals.guestOrderShare)}`,
    `  e-mail consent               ${percent(totals.emailConsentShare)}`,
    ...totals.departments.map(
      (found) =>
        `  ${found.department.padEnd(12)} returned    ${percent(found.returnShare)} of value · EUR ${count(found.revenue)} · ${count(found.lines)} lines`,
    ),
    '',
    `  rows known a day or more late  ${percent(totals.lateOrderShare)} of orders`,
    `  repeated / superseded rows     ${count(totals.repeatedRows)} / ${count(totals.supersededRows)}`,
    `  no purchase (cancelled, test)  ${percent(totals.notAPurchaseShare)} of orders; other currency ${percent(totals.otherCurrencyShare)}`,
    `  merged identities              ${count(totals.mergedIdentities)}; time zones ${totals.timeZones}`,
    `  stock-out from ${stockOut.firstDay}     ${stockOut.department} sold ${percent(stockOut.ratio)} of a usual week`,
    `  experiment, bought in 14 days  ${percent(experiment.treatedShare)} of ${count(experiment.treated)} mailed, ` +
      `${percent(experiment.controlShare)} of ${count(experiment.control)} not: ${points(experiment.lift)} points (planted ${points(experiment.plantedLift)})`,
    '',
    '  planted personas                carry it   decoys   rule holds for',
    ...totals.personas.map(
      (found) =>
        `    ${found.persona.padEnd(30)}${count(found.carriers).padStart(8)} ${count(found.decoys).padStart(8)} ${count(found.ruleHolds).padStart(12)}`,
    ),
  ];
  return lines.join('\n');
}
