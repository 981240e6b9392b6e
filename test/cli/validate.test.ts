import { describeValidation, validateProject } from '../../src/cli/validate';
import { FIELDS } from '../core/segments/profile-fields';
import { PROJECT, SEGMENT, temporaryProject } from '../project/temporary-project';

async function validated(files: Record<string, string>) {
  const { directory, remove } = temporaryProject(files);
  const validation = await validateProject(directory, FIELDS);
  remove();
  return { ...validation, text: describeValidation(validation).replaceAll(directory, 'shop') };
}

it('says what a valid project holds', async () => {
  const draft = `status: draft\n${SEGMENT}`;
  const { report, project, text } = await validated({
    'tidemark.yml': PROJECT,
    'segments/a.yml': SEGMENT,
    'segments/b.yml': draft,
  });
  expect(report).toMatchObject({ valid: true, sources: ['orders'], errors: [] });
  expect(project?.segments).toHaveLength(2);
  expect(text).toBe('shop is valid: 1 source, 2 segments (1 draft).');
});

it('says every error with file, line and what to do, tidemark.yml first', async () => {
  const { report, project, text } = await validated({
    'segments/a.yml': SEGMENT.replace('recency_days', 'recency_day'),
    'tidemark.yml': PROJECT.replace('EUR', 'euro'),
  });
  expect(project).toBeUndefined();
  expect(report.valid).toBe(false);
  expect(text).toBe(`tidemark.yml:3: currency is the text "euro"
  → write three capital letters, such as EUR
segments/a.yml:4: there is no field "recency_day"
  → did you mean recency_days?

2 things to mend.`);
});
