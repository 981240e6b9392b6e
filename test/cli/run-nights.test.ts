import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { runNights } from '../../src/cli/run-nights';
import { StopSignal } from '../../src/cli/stop-signal';
import { ORDERS, projectFile, writeProject } from './run-cli';

jest.setTimeout(60_000);

test('Ctrl-C while sources are looked at ends the run too', async () => {
  const names = Array.from({ length: 8_000 }, (_, index) => `c${index}`);
  const wide = ORDERS.trim()
    .split('\n')
    .map((line, index) => `${line},${index === 0 ? names : names.map(() => '1.5')}\n`);
  const project = writeProject({ 'tidemark.yml': projectFile(), 'orders.csv': wide.join('') });
  const stop = new StopSignal();
  try {
    const request = {
      project,
      warehouse: { engine: 'duckdb' as const, out: join(project, 'out') },
      runDate: undefined,
      nights: 1,
    };
    const planned = jest.fn();
    const running = runNights(request, stop, { planned }, () => undefined).catch((error: unknown) => error);
    await new Promise((done) => setTimeout(done, 2000));
    process.emit('SIGINT');
    const askedAt = performance.now();
    // On a slow machine the signal comes before the look begins: then nothing is looked at.
    expect(['EngineError', 'StoppedError']).toContain(((await running) as Error).name);
    expect(performance.now() - askedAt).toBeLessThan(4_000);
    expect(stop.exitCode).toBe(130);
    expect(planned).not.toHaveBeenCalled();
  } finally {
    stop.dispose();
    rmSync(project, { recursive: true, force: true });
  }
});
