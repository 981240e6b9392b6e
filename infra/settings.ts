import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { Definitions } from '../src/core/definitions';
import { DefinitionError, DefinitionErrors } from '../src/core/errors';
import { loadDefinitions } from '../src/project/load-definitions';
import { readYaml, type YamlFile } from '../src/project/read-yaml';
import { validateYaml } from '../src/project/schema-errors';
import { contradictions } from './settings-checks';

const account = z.string().regex(/^\d{12}$/, 'twelve digits in quotes, such as "123456789012"');
const glueName = z.string().regex(/^[a-z_][a-z0-9_]{0,127}$/, 'small letters, digits and _, as Glue keeps names');
const keyArn = z
  .string()
  .regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/, 'the ARN of a KMS key, arn:aws:kms:...:key/...');

const sourceSchema = z
  .strictObject({
    database: glueName.describe('The Glue database, as tidemark.yml names it in `from: database.table`.'),
    locations: z
      .array(z.string().regex(/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/([^*?\s]+\/)?$/, 's3://bucket/prefix/'))
      .min(1)
      .describe('Where the files of its tables lie; nothing else of these buckets can be read.'),
    keys: z.array(keyArn).default([]).describe('KMS keys that encrypt these files.'),
    tables: z
      .array(glueName)
      .default([])
      .describe('Tables that tidemark.yml does not name: those behind a view that it names.'),
    owner: z
      .strictObject({
        account: account.describe('The account whose Glue catalog holds the database.'),
        database: glueName.optional().describe('Its name there, where that is another one.'),
      })
      .optional()
      .describe('For a database of another account: a resource link to it is made under the name above.'),
  })
  .meta({ id: 'source' });

/** deploy.yml. */
export const settingsSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,29}$/, 'small letters, digits and hyphens, at most 30')
    .describe('Of this deployment: begins the names of its stacks. Never changed later.'),
  account: account.describe('The AWS account it is deployed to.'),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as eu-central-1')
    .describe('Where the source tables are, too: every region has a Glue catalog of its own.'),
  project: z.string().min(1).describe('The folder of tidemark.yml, relative to this file.'),
  database: glueName.optional().describe('Glue database of the tables of Tidemark; made. Default: from the name.'),
  schedule: z
    .strictObject({
      at: z
        .string()
        .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day in quotes, such as "03:30"')
        .describe('When a night starts, local time: once the last complete day is there.'),
      time_zone: z.string().min(1).describe("IANA zone, the shop's own: the one of tidemark.yml."),
    })
    .describe('One night a day.'),
  sources: z.array(sourceSchema).min(1).describe('What tidemark.yml reads, one entry a Glue database.'),
  alarms: z
    .strictObject({
      email: z.email().describe('Who is told. AWS sends a mail first that must be confirmed.'),
      night_hours: z.number().min(0.5).max(20).default(4).describe('A night that takes longer is told.'),
      gigabytes_a_day: z.number().min(1).default(1000).describe('More bytes scanned in a day are told.'),
    })
    .describe('What is told, and to whom.'),
  limits: z
    .strictObject({
      gigabytes_a_query: z
        .number()
        .min(0.01)
        .default(1000)
        .describe('Athena cuts a query off that scans more; it is billed all the same.'),
      night_hours: z.int().min(1).max(23).default(20).describe('A night that is not done by then is ended.'),
    })
    .prefault({})
    .describe('What a night may cost at most.'),
  hash_salt_secret: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$/,
      'its full ARN',
    )
    .optional()
    .describe('Secret of Secrets Manager that is TIDEMARK_HASH_SALT, where a source hashes its customer_id.'),
  lake_formation: z
    .boolean()
    .default(false)
    .describe('Whether Lake Formation governs the sources: its grants are then deployed too.'),
});

/** The JSON Schema that editors read. */
export function deploySchema(): string {
  const schema = z.toJSONSchema(settingsSchema.meta({ title: 'deploy.yml' }), { io: 'input', target: 'draft-07' });
  return `${JSON.stringify(schema, null, 2)}\n`;
}

export type Settings = z.infer<typeof settingsSchema>;
export type SourceSettings = Settings['sources'][number];

/** Settings that go together with the project that they name. */
export interface Deployment {
  settings: Settings;
  definitions: Definitions;
}

/**
 * Reads a deploy.yml and the project that it names.
 *
 * @throws DefinitionErrors with all that is wrong, in the settings, in the project, or between the two.
 */
export async function loadSettings(path: string): Promise<Deployment> {
  const errors: DefinitionError[] = [];
  const [folder, file] = [dirname(resolve(path)), path.split('/').at(-1) as string];
  const yaml = await readYaml(folder, file, errors);
  const settings = yaml && validateYaml(yaml, settingsSchema, errors);
  if (!yaml || !settings) throw new DefinitionErrors(errors);
  const project = resolve(folder, settings.project);
  if (!existsSync(join(project, 'tidemark.yml'))) {
    errors.push(
      new DefinitionError({
        code: 'settings_contradict',
        place: placeIn(yaml, ['project']),
        found: `project is ${settings.project}, and ${project} holds no tidemark.yml`,
        remedy: 'name the folder of your tidemark.yml, relative to this file',
      }),
    );
    throw new DefinitionErrors(errors);
  }
  const definitions = await loadDefinitions(project);
  for (const { at, ...facts } of contradictions(settings, definitions.project)) {
    errors.push(new DefinitionError({ ...facts, place: placeIn(yaml, at) }));
  }
  if (errors.length > 0) throw new DefinitionErrors(errors);
  return { settings, definitions };
}

const placeIn = (yaml: YamlFile, at: readonly PropertyKey[]) => ({ file: yaml.file, line: yaml.lineOf(at) });
