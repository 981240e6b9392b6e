import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { compileSegments } from '../../src/core/segments/compile';
import { segmentEditorSchema } from '../../src/core/segments/segment-file';
import { loadSegments } from '../../src/project/load-segments';
import { readSegmentFields } from '../../src/project/segment-fields';

const ROOT = join(__dirname, '../..');
const fields = readSegmentFields(join(ROOT, 'sql'));
const names = readdirSync(join(ROOT, 'segments')).filter((name) => name.endsWith('.yml'));

it('the shipped segments compile against the profile of a shop with nothing but orders', async () => {
  const segments = await loadSegments(ROOT, []);
  expect(compileSegments(segments, await fields, new Set(['orders'])).map(({ key }) => `${key}.yml`)).toEqual(names);
});

it.each(names)('%s passes the schema its first line names', async (name) => {
  const text = readFileSync(join(ROOT, 'segments', name), 'utf8');
  expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../schemas/segment.schema.json');
  expect(segmentEditorSchema(await fields).safeParse(parse(text)).error).toBeUndefined();
});
