import { textLiteral } from '../../src/core/sql/literals';

/** What shops write into text columns: right, nearly right and wrong. */
const TEXTS = [
  ...[
    '',
    ' ',
    'x',
    'ä 😀',
    'null',
    '0',
    '1',
    '-1',
    '+7',
    '007',
    ' 12 ',
    '12.',
    '.5',
    '12.5',
    '-0.00005',
    '0.00005',
    '1.23455',
  ],
  ...['1,5', '1e3', '0x10', '1_000', '99999999999999', '999999999999999', '9223372036854775807', '9223372036854775808'],
  ...[
    'true',
    'TRUE',
    ' yes ',
    'Y',
    'f',
    'No',
    'maybe',
    'Completed',
    'cancelled',
    ' granted',
    'visit',
    'goods',
    'women',
    'sale',
  ],
  ...[
    '2024-02-29',
    '2023-02-29',
    '20240229',
    '20230229',
    '2024-1-5',
    '0001-01-01',
    '9999-12-31',
    ' 2024-05-01',
    '2024-13-01',
  ],
  ...['12-24', '02-29', '02-30', '1-1', '2024-03-05 10:00', '2024-03-05T10:00:59', '2024-03-05 10:00:59.123456789'],
  ...[
    '2024-03-05T23:59:59.9996Z',
    '2024-03-05 10:00:00 UTC',
    '2024-03-05 10:00:00+02',
    '2024-03-05 10:00:00 +05:30',
    '2024-03-05T10:00:00-0330',
  ],
  ...[
    '2024-03-05 24:00:00',
    '2024-03-05 10:60',
    '2023-02-29 10:00:00',
    '2024-03-31 01:59:59',
    '2024-03-31 03:00:00',
    '2024-10-27 02:30:00',
  ],
  ...[
    '2024-03-31 02:30:00',
    '2024-03-10 02:30:00',
    '2024-11-03 01:30:00',
    '2024-07-01 00:30',
    '1969-12-31 23:59:59.5',
    '1890-01-01 12:00:00',
    '2024-03-31T00:59:59Z',
    '2024-03-31T01:00:00Z',
  ],
];

const TYPED: Readonly<Record<string, readonly string[]>> = {
  bigint: ['0', '1', '-1', '20240229', '9223372036854775807', '-9223372036854775808'],
  'decimal(12,2)': ['0.00', '1.00', '-1.50', '12.34', '9999999999.99'],
  double: ['0', '1', '-1.5', '0.1', '2.00005', '17850', '9e14', '1e16', '1e300', 'NaN', 'Infinity'],
  boolean: ['true', 'false'],
  date: ['2024-02-29', '0001-01-01', '9999-12-31', '1970-01-01'],
  timestamp: [
    '2024-02-29 00:00:00',
    '2024-03-31 01:59:59.999',
    '2024-07-01 23:30:00.123',
    '1969-12-31 23:59:59.500',
    '2024-03-10 02:30:00',
    '2024-11-03 01:30:00',
    '1890-01-01 12:00:00',
  ],
};

/** Columns c0 to c9 in the order of KINDS: four of texts, then one a type; c9 serves as timestamp and as instant. */
export function awkwardTable(): string {
  const columns = [...Array<readonly string[]>(4).fill(TEXTS), ...Object.values(TYPED)];
  const types = [...Array<string>(4).fill('varchar'), ...Object.keys(TYPED)];
  const rows = TEXTS.map((_, row) => `(${columns.map((values) => cell(values[row])).join(', ')})`);
  const outputs = types.map(
    (type, index) => `cast(given.c${index} as ${type === 'timestamp' ? 'timestamp' : type}) as c${index}`,
  );
  const names = columns.map((_, index) => `c${index}`);
  return `select ${outputs.join(', ')} from (values ${rows.join(',\n')}) as given (${names.join(', ')})`;
}

const cell = (value: string | undefined): string =>
  value === undefined ? 'cast(null as varchar)' : textLiteral(value);

/** The table with its last kind, an instant, which no Parquet of Hive can keep. */
export const awkwardRelation = (table: string): string =>
  `(select awkward.*, with_timezone(awkward.c9, 'UTC') as c10 from ${table} as awkward)`;
