import { type Lab, LabUnavailable, startLab } from './lab';

/** One lab for the whole run; the suites find it by LAB_TRINO and LAB_S3. One that serve.ts keeps running is used as it is. */
export default async function setup(): Promise<void> {
  if (process.env.LAB_TRINO && process.env.LAB_S3) return;
  try {
    const lab = await startLab();
    process.env.LAB_TRINO = lab.trino;
    process.env.LAB_S3 = lab.s3;
    (globalThis as { lab?: Lab }).lab = lab;
  } catch (error) {
    if (!(error instanceof LabUnavailable)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
