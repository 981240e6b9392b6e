import { BatchCreatePartitionCommand, type GlueClient } from '@aws-sdk/client-glue';
import { createPartitions, deletePartitions } from '../../../src/engines/athena/glue';

/** Glue takes 100 new partitions a call, and 25 to delete; what it cannot do of a call stands in its answer, not in an error. */
const TABLE = { DatabaseName: 'tidemark', Name: 'people_runs', StorageDescriptor: { Location: 's3://lake/nowhere/' } };
const partitions = Array.from({ length: 230 }, (_, index) => ({
  values: [`2026-01-01-${String(index).padStart(12, '0')}`],
  location: `s3://lake/people/${index}/`,
}));

interface Sent {
  name: string;
  values: string[][];
}

interface Answer {
  Errors?: { PartitionValues: string[]; ErrorDetail: { ErrorCode: string; ErrorMessage?: string } }[];
  Partition?: { StorageDescriptor: { Location: string } };
}

function scripted(answer: (sent: Sent, command: unknown) => Answer): { glue: GlueClient; sent: Sent[] } {
  const sent: Sent[] = [];
  const glue = {
    send: async (command: { constructor: { name: string }; input: Record<string, unknown> }) => {
      const {
        PartitionInputList = [],
        PartitionsToDelete = [],
        PartitionValues,
      } = command.input as never as {
        PartitionInputList?: { Values: string[] }[];
        PartitionsToDelete?: { Values: string[] }[];
        PartitionValues?: string[];
      };
      const values = [...PartitionInputList, ...PartitionsToDelete].map(({ Values }) => Values);
      sent.push({ name: command.constructor.name, values: PartitionValues ? [PartitionValues] : values });
      return answer(sent.at(-1) as Sent, command);
    },
  };
  return { glue: glue as never as GlueClient, sent };
}

test('more partitions than a call takes are made in several, each partition once', async () => {
  const { glue, sent } = scripted(() => ({}));
  await createPartitions(glue, TABLE, partitions);
  expect(sent.map(({ values }) => values.length)).toEqual([100, 100, 30]);
  expect(sent.flatMap(({ values }) => values)).toEqual(partitions.map(({ values }) => values));
});

test.each([
  ['the same files', 's3://lake/people/150/', undefined],
  ['other files', 's3://lake/elsewhere/', 'partition_elsewhere'],
])('a partition that is there already and shows %s', async (_what, Location, code) => {
  const there = partitions[150]?.values as string[];
  const { glue, sent } = scripted(({ values }, command) => {
    if (!(command instanceof BatchCreatePartitionCommand)) return { Partition: { StorageDescriptor: { Location } } };
    const isAmong = values.some(([value]) => value === there[0]);
    const failed = { PartitionValues: there, ErrorDetail: { ErrorCode: 'AlreadyExistsException' } };
    return isAmong ? { Errors: [failed] } : {};
  });
  const made = createPartitions(glue, TABLE, partitions);
  if (code) await expect(made).rejects.toMatchObject({ code });
  else await made;
  expect(sent.filter(({ name }) => name === 'GetPartitionCommand')).toEqual([
    { name: 'GetPartitionCommand', values: [there] },
  ]);
});

test('a partition that Glue refuses in its answer is an error that names table and right', async () => {
  const { glue } = scripted(() => ({
    Errors: [
      {
        PartitionValues: partitions[3]?.values as string[],
        ErrorDetail: { ErrorCode: 'AccessDeniedException', ErrorMessage: 'no' },
      },
    ],
  }));
  await expect(createPartitions(glue, TABLE, partitions)).rejects.toMatchObject({
    place: { table: 'tidemark.people_runs' },
    remedy: expect.stringContaining('glue:BatchCreatePartition'),
  });
});

test('partitions are taken away 25 at once; one that is gone already is no error, one that stays is', async () => {
  const gone = partitions[7]?.values as string[];
  const answer = (ErrorCode: string) => ({ Errors: [{ PartitionValues: gone, ErrorDetail: { ErrorCode } }] });
  const values = partitions.slice(0, 60).map((each) => each.values);
  const missing = scripted(() => answer('EntityNotFoundException'));
  await deletePartitions(missing.glue, 'tidemark', 'people_runs', values);
  expect(missing.sent.map((each) => each.values.length)).toEqual([25, 25, 10]);
  const kept = scripted(() => answer('AccessDeniedException'));
  await expect(deletePartitions(kept.glue, 'tidemark', 'people_runs', values)).rejects.toMatchObject({
    remedy: expect.stringContaining('glue:BatchDeletePartition'),
  });
});
