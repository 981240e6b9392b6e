import type { Lab } from './lab';

export default async function teardown(): Promise<void> {
  await (globalThis as { lab?: Lab }).lab?.stop();
}
