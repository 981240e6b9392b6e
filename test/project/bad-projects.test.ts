import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { validateProject } from '../../src/cli/validate';
import { FIELDS } from '../core/segments/profile-fields';

const FOLDER = join(__dirname, 'bad');

/** Each folder is a project with something wrong; expect.yml lists every error it must give. UPDATE=1 writes them anew. */
describe.each(readdirSync(FOLDER))('a project with %s', (name) => {
  it('is refused with all its errors', async () => {
    const { report } = await validateProject(join(FOLDER, name), FIELDS);
    const found = report.errors.map((error) => ({ ...error, remedy: error.remedy.replaceAll(__dirname, '.') }));
    const path = join(FOLDER, name, 'expect.yml');
    if (process.env.UPDATE === '1') writeFileSync(path, stringify(found, { lineWidth: 0 }));
    expect(found).toEqual(parse(readFileSync(path, 'utf8')));
    expect(found.length).toBeGreaterThan(0);
  });
});
