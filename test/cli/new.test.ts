import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { newModel, newSegment } from '../../src/cli/new';
import { validateProject } from '../../src/cli/validate';
import { LAYERS } from '../../src/core/models/model';
import { placeholders } from '../../src/core/models/render';
import { sidecarSchema } from '../../src/core/models/sidecar';
import { FIELDS } from '../core/segments/profile-fields';
import { PROJECT, temporaryProject } from '../project/temporary-project';

let project: ReturnType<typeof temporaryProject>;
beforeEach(() => {
  project = temporaryProject({ 'tidemark.yml': PROJECT });
});
afterEach(() => project.remove());

const read = (file: string): string => readFileSync(join(project.directory, file), 'utf8');

describe('new segment', () => {
  it('writes a segment that is valid at once and points editors at the schema', async () => {
    const schemas = join(project.directory, 'schemas');
    expect(await newSegment(project.directory, 'big_spenders', schemas)).toBe('segments/big_spenders.yml');
    const { report } = await validateProject(project.directory, FIELDS);
    expect(report).toMatchObject({
      valid: true,
      segments: [{ key: 'big_spenders', name: 'Big spenders', status: 'draft' }],
    });
    expect(read('segments/big_spenders.yml').split('\n')[0]).toBe(
      '# yaml-language-server: $schema=../schemas/segment.schema.json',
    );
  });

  it('never overwrites', async () => {
    await newSegment(project.directory, 'some');
    const before = read('segments/some.yml');
    await expect(newSegment(project.directory, 'some')).rejects.toMatchObject({
      name: 'DefinitionError',
      code: 'file_exists',
    });
    expect(read('segments/some.yml')).toBe(before);
  });

  it.each(['Some', '9th', '../escape', 'a b', '', 'x'.repeat(64)])('refuses the name %j', async (name) => {
    await expect(newSegment(project.directory, name)).rejects.toMatchObject({ code: 'invalid_name' });
  });
});

describe('new model', () => {
  it.each(LAYERS)('writes a model of the layer %s with a sidecar and a fixture', async (layer) => {
    const files = await newModel(project.directory, 'customer_pets', layer);
    expect(files).toHaveLength(4);
    const [sql, sidecar, given, expected] = files as [string, string, string, string];
    const { columns, unique_key } = sidecarSchema.parse(parse(read(sidecar)));
    expect(unique_key).toEqual(['customer_id']);
    const names = columns.map(({ name }) => name).sort();
    for (const row of parse(read(expected)) as object[]) expect(Object.keys(row).sort()).toEqual(names);
    const [placeholder] = placeholders(read(sql));
    expect(given).toBe(`test/sql/customer_pets/one_row_per_customer/given/${placeholder?.argument}.yml`);
    await expect(newModel(project.directory, 'customer_pets', layer)).rejects.toMatchObject({ code: 'file_exists' });
  });

  it('names the layers there are', async () => {
    await expect(newModel(project.directory, 'customer_pets', 'score')).rejects.toMatchObject({
      code: 'unknown_layer',
      remedy: 'did you mean scores?',
    });
  });
});
