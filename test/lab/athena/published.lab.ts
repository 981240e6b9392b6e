import { GetTableCommand } from '@aws-sdk/client-glue';
import { EngineError } from '../../../src/core/errors';
import type { Pointer } from '../../../src/core/snapshots/manifest';
import { attemptPrefix } from '../../../src/core/snapshots/paths';
import { openAthenaCatalog } from '../../../src/engines/athena/catalog';
import type { AthenaSettings } from '../../../src/engines/athena/settings';
import { decodeView, runOfView } from '../../../src/engines/athena/views';
import type { Catalog } from '../../../src/ports/catalog';
import type { QueryEngine } from '../../../src/ports/query-engine';
import { type AthenaLab, openAthenaLab } from './athena-lab';
import { errorOf, idsOf, partitionsRead, pointer, RUN, twoNights, write } from './small-catalog';

let lab: AthenaLab;
beforeAll(async () => {
  lab = await openAthenaLab();
});
afterAll(() => lab?.stop());

const shown = async (settings: AthenaSettings) => {
  const command = new GetTableCommand({ DatabaseName: settings.database, Name: 'current_run' });
  return runOfView(decodeView((await lab.clients.glue.send(command)).Table?.ViewOriginalText));
};

test('readers see the run that the pointer names, from exactly one partition', async () => {
  const { settings, ports } = await twoNights(lab, 'shown');
  expect(await idsOf(ports, 'people')).toEqual([]);
  await ports.catalog.follow(async () => pointer(1));
  expect(await idsOf(ports, 'people')).toEqual(['a']);
  await ports.catalog.follow(async () => pointer(2));
  expect(await idsOf(ports, 'people')).toEqual(['b', 'c']);
  expect(await partitionsRead(lab, settings, 'select * from people', 'run_id')).toEqual([RUN(2)]);
});

test('publishing again is harmless, and never shows other files', async () => {
  const { ports } = await twoNights(lab, 'again');
  const prefix = attemptPrefix('people', RUN(1), 1);
  await ports.catalog.publish(RUN(1), [{ name: 'people', prefix }]);
  const other = await write(ports, RUN(1), 7, ['z']);
  const error = await errorOf(ports.catalog.publish(RUN(1), [{ name: 'people', prefix: other }]));
  expect(error.code).toBe('partition_elsewhere');
});

test('a view that shows the pointer already is left alone; without a pointer nothing is done', async () => {
  const { ports } = await twoNights(lab, 'left');
  await ports.catalog.follow(async () => pointer(1));
  lab.double.forget();
  await ports.catalog.follow(async () => pointer(1));
  await ports.catalog.follow(async () => undefined);
  expect(lab.double.calls.map(({ action }) => action)).toEqual(['glue:GetTable']);
});

test('of two runs at once the pointer wins, whichever is slower', async () => {
  const { settings, ports } = await twoNights(lab, 'race');
  let current = pointer(1);
  // The first one has read the pointer; then the second one moves it and follows, before the first one acts.
  let isSlow = true;
  const slow = async (): Promise<Pointer> => {
    const read = current;
    if (isSlow) {
      isSlow = false;
      current = pointer(2);
      await ports.catalog.follow(async () => current);
      expect(await shown(settings)).toBe(RUN(2));
    }
    return read;
  };
  await ports.catalog.follow(slow);
  expect(await shown(settings)).toBe(RUN(2));
  expect(await idsOf(ports, 'people')).toEqual(['b', 'c']);
  current = pointer(1);
  const both = lab.ports(settings);
  await Promise.all([ports, both].map(({ catalog }) => catalog.follow(async () => current)));
  expect(await shown(settings)).toBe(RUN(1));
});

test('a change that fails because another one came first is no failure; any other is', async () => {
  const { settings, ports } = await twoNights(lab, 'conflict');
  const failing = (meanwhile: () => Promise<void>): Catalog => {
    const start = async (): Promise<never> => {
      await meanwhile();
      throw new EngineError({ code: 'engine_failed', found: 'a conflict', remedy: 'none' });
    };
    return openAthenaCatalog(settings, lab.clients, { ...ports.engine, start } as QueryEngine);
  };
  let current = pointer(1);
  await failing(async () => {
    current = pointer(2);
    await ports.catalog.follow(async () => current);
  }).follow(async () => current);
  expect(await shown(settings)).toBe(RUN(2));
  current = pointer(1);
  const error = await errorOf(failing(async () => undefined).follow(async () => current));
  expect(error.code).toBe('engine_failed');
});
