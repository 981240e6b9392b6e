import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A server takes its time over its end, as Java does. */
const SLOW_TO_END = 'trap "sleep 1; exit" TERM; while :; do sleep 0.1; done';

/** What a process of its own prints that starts a server, and does what the lines say. */
function alone(lines: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'child-'));
  const script = `
    const { startChild } = require(${JSON.stringify(join(__dirname, 'child.ts'))});
    const child = startChild('slow to end', 'sh', ['-c', ${JSON.stringify(SLOW_TO_END)}], { log: ${JSON.stringify(join(folder, 'log'))} });
    (async () => { ${lines} })();`;
  try {
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', 'tsx', '-e', script], {
      cwd: join(__dirname, '../..'),
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('a process with nothing else to do lives until its server has stopped', () => {
  expect(alone(`await new Promise((done) => setTimeout(done, 300)); await child.stop(); console.log('stopped');`)).toBe(
    'stopped\n',
  );
});

test('a server that is still up does not keep its process alive', () => {
  expect(alone(`console.log('done');`)).toBe('done\n');
});
