import { ORDERS, projectFile, runCli, writeProject } from '../../cli/run-cli';
import { BUCKET } from '../servers';
import { type AthenaLab, openAthenaLab } from './athena-lab';
import { shareShop } from './glue-shop';

/** What the command line says to a beginner's slips on Athena. */
let lab: AthenaLab;
let database: string;
let project: string;
const local = writeProject({ 'tidemark.yml': projectFile(), 'orders.csv': ORDERS });

beforeAll(async () => {
  lab = await openAthenaLab();
  database = `slips_${lab.mark}`;
  project = await shareShop(local, `${database}_shop`, lab.clients);
});
afterAll(() => lab?.stop());

const tidemark = (command: string[], folder: string, into = database) =>
  runCli([...command, '--project', folder, '--out', `s3://${BUCKET}/${database}`, '--database', into], {
    env: lab.double.environment,
  });
const RUN = ['run', '--engine', 'athena', '--run-date', '2025-03-07'];

test('a night before `tidemark catalog` was run', async () => {
  const { code, stderr } = await tidemark(RUN, project);
  expect(code).toBe(1);
  expect(stderr).toContain('the Glue catalog has no such table or database');
  expect(stderr).toContain('run `npx tidemark catalog` with the same --out and --database');
  expect(stderr).toContain(`Nothing is published in s3://${BUCKET}/${database} yet.`);
  expect(stderr).not.toContain('Node');
});

test('a project that names files', async () => {
  const { code, stderr } = await tidemark(RUN, local);
  expect(code).toBe(2);
  expect(stderr).toContain('is no table, and Athena reads tables alone');
  expect(stderr).toContain('write from: database.table for orders');
});

test('a mapped column that the Glue table does not have', async () => {
  const from = projectFile().replace('orders.csv', `${database}_shop.orders`);
  const { code, stderr } = await tidemark(RUN, writeProject({ 'tidemark.yml': from.replace('total', 'totall') }));
  expect(code).toBe(3);
  expect(stderr).toContain('orders.amount: there is no column "totall"; there are id, buyer, day, total');
});
