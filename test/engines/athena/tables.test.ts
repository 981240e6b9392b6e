import { join } from 'node:path';
import { nodesOf } from '../../../src/core/models/planned';
import { catalogTables, hiveType, withEveryTable } from '../../../src/engines/athena/tables';
import { loadDefinitions } from '../../../src/project/load-definitions';
import { model, modelSet, thrownBy } from '../../core/models/model';

const PLACE = { bucket: 'my-bucket', prefix: 'shop/' };

const column = (name: string, type = 'bigint', description = 'A number') => ({ name, type, description });

const STAGED = model('stg_orders', 'staging', 'select 1 as x');
const PEOPLE = model('people', 'snapshots', "select x from {{ ref('stg_orders') }}", {
  public: true,
  description: 'People.\nOne row   a person.',
  columns: [column('id', 'varchar', 'Who'), column('spend', 'decimal(18,2)'), column('score', 'integer')],
});

test('a public model is a working table, a table of runs and a view; another one a working table alone', () => {
  const { tables, views } = catalogTables(modelSet(STAGED, PEOPLE), PLACE);
  expect(tables.map((table) => table.Name)).toEqual(['stg_orders_attempts', 'people_attempts', 'people_runs']);
  expect(views.map(({ name, columns }) => [name, columns.map((each) => each.name)])).toEqual([
    ['people', ['id', 'spend', 'score']],
  ]);
});

test('a table is an external Parquet table over the prefix of its attempts, with the words of its sidecar', () => {
  const { tables } = catalogTables(modelSet(STAGED, PEOPLE), PLACE);
  const runs = tables.find((table) => table.Name === 'people_runs');
  expect(runs).toMatchObject({
    Description: 'People. One row a person.',
    TableType: 'EXTERNAL_TABLE',
    PartitionKeys: [{ Name: 'run_id', Type: 'string' }],
    StorageDescriptor: {
      Location: 's3://my-bucket/shop/tables/people/v1/',
      InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
      OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
      SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
      Columns: [
        { Name: 'id', Type: 'string', Comment: 'Who' },
        { Name: 'spend', Type: 'decimal(18,2)', Comment: 'A number' },
        { Name: 'score', Type: 'int', Comment: 'A number' },
      ],
    },
  });
  const attempts = tables.find((table) => table.Name === 'people_attempts');
  expect(attempts?.PartitionKeys.map((key) => key.Name)).toEqual(['run_id', 'attempt']);
  expect(attempts?.StorageDescriptor).toEqual(runs?.StorageDescriptor);
});

test('a model asked for at another date is a table of its own, and no public one', () => {
  const dated = model('days', 'features', "select {{ param('as_of') }} as x");
  const people = model(
    'people',
    'snapshots',
    "select x from {{ ref('days') }} join {{ ref('days@frozen_date') }} as f on true",
    {
      public: true,
    },
  );
  const { tables } = catalogTables(modelSet(dated, people), PLACE);
  expect(tables.map((table) => table.Name)).toEqual([
    'days_attempts',
    'days__frozen_date_attempts',
    'people_attempts',
    'people_runs',
  ]);
});

test('a deployment defines the tables of sources that are not mapped yet, and of orders kept by number', async () => {
  const { models } = await loadDefinitions(join(__dirname, '../../../examples/grocery'));
  const namesOf = (set: typeof models) => catalogTables(set, PLACE).tables.map((table) => table.Name);
  const more = namesOf(withEveryTable(models)).filter((name) => !namesOf(models).includes(name));
  expect(more).toEqual(
    expect.arrayContaining(['stg_customers_attempts', 'stg_events_attempts', 'known_orders_attempts']),
  );
  expect(namesOf(models).filter((name) => !namesOf(withEveryTable(models)).includes(name))).toEqual([]);
});

test('descriptions longer than Glue takes are cut', () => {
  const long = model('people', 'snapshots', 'select 1 as x', {
    public: true,
    description: 'd'.repeat(3000),
    columns: [column('x', 'bigint', 'c'.repeat(300))],
  });
  const [table] = catalogTables(modelSet(long), PLACE).tables;
  expect(table?.Description).toBe(`${'d'.repeat(2045)}...`);
  expect(table?.StorageDescriptor.Columns[0]?.Comment).toBe(`${'c'.repeat(252)}...`);
});

test.each(['run_id', 'attempt'])('a column called %s is refused', (name) => {
  const taken = model('people', 'snapshots', 'select 1 as x', { public: true, columns: [column(name)] });
  const error = thrownBy(() => catalogTables(modelSet(taken), PLACE));
  expect(error).toMatchObject({ code: 'column_name_reserved', place: { file: 'sql/snapshots/people.sql' } });
});

test.each([
  ['current_run', 'people'],
  ['people', 'people_runs'],
  ['people_runs', 'people'],
])('public tables called %s and %s would clash', (one, other) => {
  const make = (name: string) => model(name, 'snapshots', 'select 1 as x', { public: true });
  const error = thrownBy(() => catalogTables(modelSet(make(one), make(other)), PLACE));
  expect(error.code).toBe('table_name_taken');
});

test('types are those of Hive', () => {
  expect(['varchar', 'integer', 'bigint', 'double', 'boolean', 'date', 'decimal(9,3)'].map(hiveType)).toEqual([
    'string',
    'int',
    'bigint',
    'double',
    'boolean',
    'date',
    'decimal(9,3)',
  ]);
});

test('every model of the product has a table, and no names clash', async () => {
  const { models } = await loadDefinitions(join(__dirname, '../../../examples/apparel'));
  const { tables, views } = catalogTables(models, PLACE);
  expect(tables.filter((table) => table.Name.endsWith('_attempts'))).toHaveLength(nodesOf(models).length);
  expect(views.map((view) => view.name)).toEqual(
    expect.arrayContaining(['people', 'audiences', 'memberships', 'changes']),
  );
  expect(tables.filter((table) => table.Name.endsWith('_runs'))).toHaveLength(views.length);
});
