import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { DefinitionError } from '../core/errors';
import { LAYERS, type Layer } from '../core/models/model';
import { suggest } from '../core/nearest';
import { SEGMENT_KEY } from '../core/segments/definition';

const SCHEMAS = resolve(__dirname, '../../schemas');

/**
 * Writes segments/<name>.yml: a valid segment to change.
 *
 * @returns the path written, relative to the project folder.
 * @throws DefinitionError when the name is no key or the file exists.
 */
export async function newSegment(projectDirectory: string, name: string, schemas: string = SCHEMAS): Promise<string> {
  if (!SEGMENT_KEY.test(name)) throw badName(name, 'segment', 'at most 63 characters');
  const file = `segments/${name}.yml`;
  const path = join(projectDirectory, file);
  await refuseExisting(projectDirectory, [file]);
  const schema = relative(dirname(resolve(path)), join(schemas, 'segment.schema.json'))
    .split(sep)
    .join('/');
  await write(path, segmentText(name, schema));
  return file;
}

function segmentText(name: string, schema: string): string {
  const title = name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');
  return `# yaml-language-server: $schema=${schema}
name: ${title}
description: Whom it holds, and what for.
owner: crm
# A draft is checked, but neither evaluated nor published. Remove the line once the segment is right.
status: draft
when:
  all:
    - { field: recency_days, at_most: 30 }
    - { field: purchase_days, at_least: 2 }
`;
}

/**
 * Writes a model, its sidecar and a first fixture: sql/<layer>/<name>.sql and .yml, test/sql/<name>/one_row_per_customer/.
 * The model is valid at once and passes its fixture; it counts rows a customer.
 *
 * @returns the paths written, relative to the repository.
 * @throws DefinitionError when the name or layer is wrong or any of the files exists.
 */
export async function newModel(repository: string, name: string, layer: string): Promise<string[]> {
  if (!SEGMENT_KEY.test(name)) throw badName(name, 'model', 'at most 63 characters');
  if (!(LAYERS as readonly string[]).includes(layer)) {
    const found = `there is no layer ${JSON.stringify(layer.slice(0, 60))}`;
    throw new DefinitionError({ code: 'unknown_layer', found, remedy: suggest(layer, LAYERS) });
  }
  const files = modelFiles(name, layer as Layer);
  await refuseExisting(repository, Object.keys(files));
  for (const [file, text] of Object.entries(files)) await write(join(repository, file), text);
  return Object.keys(files);
}

/** What a new model reads: a relation of its own layer or an earlier one that has a customer_id. */
function firstRelation(layer: Layer): { name: string; placeholder: string } {
  if (layer === 'settings' || layer === 'staging') return { name: 'orders', placeholder: "{{ source('orders') }}" };
  if (layer === 'rollups') return { name: 'stg_orders', placeholder: "{{ ref('stg_orders') }}" };
  return { name: 'customer_orders', placeholder: "{{ ref('customer_orders') }}" };
}

function modelFiles(name: string, layer: Layer): Record<string, string> {
  const relation = firstRelation(layer);
  const test = `test/sql/${name}/one_row_per_customer`;
  return {
    [`sql/${layer}/${name}.sql`]: `with

orders as (
  select
    customer_id
  from ${relation.placeholder}
),

final as (
  select
    customer_id,
    cast(count(*) as bigint) as row_count
  from orders
  where customer_id is not null
  group by customer_id
)

select * from final
`,
    [`sql/${layer}/${name}.yml`]: `description: What it tells about a customer. One row a customer.
materialised: table
unique_key: [customer_id]
columns:
  - { name: customer_id, type: varchar, description: The canonical id }
  - { name: row_count, type: bigint, description: Rows of ${relation.name} }
`,
    [`${test}/given/${relation.name}.yml`]: `- { customer_id: anna }
- { customer_id: bert }
`,
    [`${test}/expect.yml`]: `- { customer_id: anna, row_count: 1 }
- { customer_id: bert, row_count: 1 }
`,
  };
}

function badName(name: string, what: string, limit: string): DefinitionError {
  return new DefinitionError({
    code: 'invalid_name',
    found: `${JSON.stringify(name.slice(0, 80))} is no name of a ${what}`,
    remedy: `begin with a lower case letter, then lower case letters, digits and underscores, ${limit}`,
  });
}

async function refuseExisting(directory: string, files: readonly string[]): Promise<void> {
  for (const file of files) {
    const exists = await stat(join(directory, file)).then(
      () => true,
      () => false,
    );
    if (exists) {
      throw new DefinitionError({
        code: 'file_exists',
        place: { file },
        found: 'this file exists already',
        remedy: 'choose another name, or change the file itself; nothing was written',
      });
    }
  }
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // wx: a file that appeared in the meantime is not overwritten either.
  await writeFile(path, text, { flag: 'wx' });
}
