import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** A server of the lab. It ends when `stop` is called, and also when this process ends in any way, killed outright included. */
export interface Child {
  /** Waits until `isReady` holds. @throws Error with the end of its log when it dies or takes too long. */
  ready(isReady: () => Promise<boolean>, seconds: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A shell stands between: it holds the other end of our pipe, which closes when this process is gone, whatever the reason.
 * (A background command's input would be /dev/null, so the pipe is kept under another number.)
 */
const GUARD = 'exec 3<&0; "$@" </dev/null 3<&- & child=$!; (cat <&3 >/dev/null; kill $child 2>/dev/null) & wait $child';

export function startChild(
  name: string,
  command: string,
  args: readonly string[],
  options: { log: string; cwd?: string },
): Child {
  const child = spawn('/bin/sh', ['-c', GUARD, name, command, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: options.cwd,
  });
  const log = createWriteStream(options.log);
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  child.stdin?.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // A lab that is still open must not keep the process alive for its own sake.
  for (const held of [child, child.stdin, child.stdout, child.stderr])
    (held as unknown as { unref?: () => void })?.unref?.();
  return {
    ready: (isReady, seconds) => waitFor(name, child, isReady, seconds, options.log),
    stop: async () => {
      // Whoever waits for the end must live to see it: a process with nothing else to do would leave in the middle of the wait.
      child.ref();
      child.stdin?.end();
      await ended;
      log.end();
    },
  };
}

async function waitFor(
  name: string,
  child: ChildProcess,
  isReady: () => Promise<boolean>,
  seconds: number,
  log: string,
): Promise<void> {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    if (child.exitCode !== null || Date.now() > until) {
      const how = child.exitCode === null ? `was not ready within ${seconds} s` : `ended with code ${child.exitCode}`;
      throw new Error(
        `${name} ${how}; the end of its log:\n${readFileSync(log, 'utf8').split('\n').slice(-20).join('\n')}`,
      );
    }
    if (await isReady().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

/** Ports of this machine that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) =>
          server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
        ),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
