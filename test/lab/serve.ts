import { startLab } from './lab';

/** Keeps a lab running until it is interrupted, for whoever runs the suites again and again: `npx tsx test/lab/serve.ts`. */
async function serve(): Promise<void> {
  const lab = await startLab();
  process.stdout.write(`export LAB_TRINO=${lab.trino} LAB_S3=${lab.s3}\n`);
  setInterval(() => undefined, 60_000);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      void lab.stop().finally(() => process.exit());
    });
}

serve().catch((error: Error) => {
  process.stderr.write(`${error.name === 'LabUnavailable' ? error.message : error.stack}\n`);
  process.exitCode = 1;
});
