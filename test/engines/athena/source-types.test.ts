import { sourceType } from '../../../src/engines/athena/source-types';

test.each([
  ['text', 'string', 'varchar', 'varchar(20)', 'char(2)', 'STRING'],
  ['integer', 'tinyint', 'smallint', 'int', 'integer', 'bigint', 'long'],
  ['double', 'float', 'real', 'double'],
  ['decimal', 'decimal(12,2)', 'decimal(38, 0)', 'decimal'],
  ['boolean', 'boolean'],
  ['date', 'date'],
  ['timestamp', 'timestamp', 'timestamp(3)', 'timestamp_ns'],
  [
    'instant',
    'timestamp with time zone',
    'timestamp(6) with time zone',
    'timestamp with local time zone',
    'timestamptz',
  ],
  ['text_array', 'array<string>', 'array<varchar(10)>', 'array(varchar)', 'array(varchar(5))'],
  [
    'other',
    'array<int>',
    'array<array<string>>',
    'map<string,string>',
    'struct<a:string>',
    'row(a varchar)',
    'binary',
    'uuid',
    'time',
    'constructor',
    '',
  ],
] as const)('%s', (type, ...names) => {
  expect(names.map((name) => [name, sourceType(name)])).toEqual(names.map((name) => [name, type]));
});
