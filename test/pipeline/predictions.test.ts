import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { addDays } from '../../src/core/dates';
import type { Manifest } from '../../src/core/snapshots/manifest';
import { boughtProject, CUSTOMERS, MONDAY, ordersOf, sortedRows } from '../support/bought-shop';
import { runNight, runNights } from '../support/night';
import { temporaryFolder } from '../support/shop';

jest.setTimeout(120_000);

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const out = (name: string): string => join(folder, name);

describe('a week', () => {
  let nights: Manifest[];
  let cold: Manifest;
  beforeAll(async () => {
    const folder = boughtProject(ordersOf(CUSTOMERS, addDays(MONDAY, 2)));
    nights = await runNights(folder, out('chain'), [MONDAY, addDays(MONDAY, 1), addDays(MONDAY, 2)]);
    cold = await runNight(folder, out('cold'), addDays(MONDAY, 2));
  });

  test('is scored by what was fitted on its Monday', () => {
    const found = nights.map((night) => night.parameters.score_parameters);
    expect(found.map((each) => each?.inherited)).toEqual([false, true, true]);
    expect(new Set(found.map((each) => each?.prefix)).size).toBe(1);
    expect(found[0]).toMatchObject({ as_of_date: MONDAY, provisional: false });
    expect(nights.map((night) => night.score_model)).toEqual(
      nights.map(() => ({ name: 'mbg', reason: 'least_loss_on_newest_window' })),
    );
  });

  test('scores everybody, and the same from a cold start as from a chain of nights', async () => {
    const people = await sortedRows(out('cold'), cold, 'people');
    expect(people.every((row) => row.churn_probability !== null && row.expected_value !== null)).toBe(true);
    expect(await sortedRows(out('chain'), nights[2] as Manifest, 'people')).toEqual(people);
    expect(await sortedRows(out('chain'), nights[2] as Manifest, 'score_parameters')).toEqual(
      await sortedRows(out('cold'), cold, 'score_parameters'),
    );
  });

  test('learns nothing of what happens after the fit', async () => {
    const before = await runNight(boughtProject(ordersOf(CUSTOMERS, MONDAY)), out('before'), addDays(MONDAY, 2));
    const after = ordersOf(CUSTOMERS, MONDAY).concat(
      [...CUSTOMERS.keys()].map((buyer) => `x${buyer},c${buyer},${addDays(MONDAY, 1)},9.00,EUR`).join('\n'),
      '\n',
    );
    const flooded = await runNight(boughtProject(after), out('flooded'), addDays(MONDAY, 2));
    expect(await sortedRows(out('flooded'), flooded, 'score_parameters')).toEqual(
      await sortedRows(out('before'), before, 'score_parameters'),
    );
  });
});
