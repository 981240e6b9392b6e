import { join } from 'node:path';
import type { DefinitionErrors } from '../../src/core/errors';
import { compileSegments } from '../../src/core/segments/compile';
import type { SegmentDefinition } from '../../src/core/segments/definition';
import { RFM_NAMES } from '../../src/core/settings/rfm-names';
import { SOURCE_NAMES, SOURCES } from '../../src/core/sources/contract';
import { loadModels } from '../../src/project/load-models';
import { readSegmentFields } from '../../src/project/segment-fields';

/** The fields of the shipped profile: what they may be compared with, and that the published table says the same of them. */
const SQL = join(__dirname, '../../sql');
const fields = readSegmentFields(SQL);

const asking = (field: string, operand: string): SegmentDefinition => ({
  key: 'some',
  file: 'segments/some.yml',
  name: 'Some',
  description: 'Some',
  owner: 'crm',
  status: 'live',
  when: { kind: 'field', field, operator: 'is', operand, line: 5 },
});

async function refusal(field: string, operand: string): Promise<string> {
  try {
    compileSegments([asking(field, operand)], await fields, new Set(SOURCE_NAMES));
  } catch (error) {
    return (error as DefinitionErrors).errors.map(({ code, remedy }) => `${code}: ${remedy}`).join('\n');
  }
  return 'none';
}

it.each([
  ['rfm_segment', 'champion', 'unknown_value: did you mean champions?'],
  ['value_tier', 'topp', 'unknown_value: did you mean top?'],
  ['lifecycle_stage', 'at-risk', 'unknown_value: did you mean at_risk?'],
  [
    'lifecycle_basis',
    'fixed',
    'unknown_value: use one of return_curve, pooled_curve, curve_open, fixed_days, no_purchase',
  ],
  ['at_risk_basis', 'own_rythm', 'unknown_value: did you mean own_rhythm?'],
  ['email_consent', 'given', 'unknown_value: use one of granted, denied, revoked'],
  ['age_band', '18_25', 'unknown_value: did you mean 18_24?'],
  ['customer_kind', 'consumers', 'unknown_value: did you mean consumer?'],
  ['lifecycle_stage', 'at_risk', 'none'],
  ['country', 'anything', 'none'],
])('%s: is %s gives %s', async (field, operand, expected) => expect(await refusal(field, operand)).toBe(expected));

it('the names of every RFM preset may be asked for, and no others', async () => {
  const names = Object.values(RFM_NAMES).flatMap(({ cells }) => cells.flat());
  const field = (await fields).find(({ name }) => name === 'rfm_segment');
  expect([...(field?.values ?? [])].sort()).toEqual([...new Set(names)].sort());
});

it('consents and kinds have the values of the source contract', async () => {
  const values = (name: string) => fields.then((all) => all.find((field) => field.name === name)?.values);
  for (const purpose of SOURCES.consents.purpose.values ?? [])
    expect(await values(`${purpose}_consent`)).toEqual(SOURCES.consents.status.values);
  expect(await values('customer_kind')).toEqual(SOURCES.customers.kind.values);
});

it('people has every column of the profile, which segments read there, and says the same of it', async () => {
  const models = await loadModels(SQL);
  const columns = (model: string) => models.find(({ name }) => name === model)?.sidecar.columns ?? [];
  const profile = new Map(columns('customer_profiles').map((column) => [column.name, column]));
  const shared = columns('people').filter(({ name }) => profile.has(name));
  expect(shared.map(({ name }) => name).sort()).toEqual(
    [...profile.keys()].filter((name) => name !== 'customer_id').sort(),
  );
  expect(shared.map(({ name, type, description, values }) => ({ name, type, description, values }))).toEqual(
    shared.map(({ name }) => {
      const { type, description, values } = profile.get(name) as (typeof shared)[number];
      return { name, type, description, values };
    }),
  );
});
