/** npx hands on the Ctrl-C that the terminal has sent to us already: two within this time are one. */
const SAME_KEY_MILLISECONDS = 400;

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

type SignalName = keyof typeof EXIT_CODES;

/** Ctrl-C and SIGTERM: the first asks for an orderly end, the second ends the process at once. */
export class StopSignal {
  /** Ends with this code once asked to stop. */
  exitCode: number | undefined;
  private askedAt = 0;
  private readonly callbacks: (() => void)[] = [];
  private readonly handlers: [SignalName, () => void][] = [];

  constructor() {
    for (const name of Object.keys(EXIT_CODES) as SignalName[]) {
      const handler = (): void => this.receive(name);
      this.handlers.push([name, handler]);
      process.on(name, handler);
    }
  }

  get isStopped(): boolean {
    return this.exitCode !== undefined;
  }

  /** Called at the first signal; at once where it has come already. */
  onStop(callback: () => void): void {
    if (this.isStopped) callback();
    else this.callbacks.push(callback);
  }

  dispose(): void {
    for (const [name, handler] of this.handlers) process.removeListener(name, handler);
  }

  private receive(name: SignalName): void {
    const now = performance.now();
    if (this.isStopped) {
      if (now - this.askedAt > SAME_KEY_MILLISECONDS) process.exit(EXIT_CODES[name]);
      return;
    }
    this.exitCode = EXIT_CODES[name];
    this.askedAt = now;
    for (const callback of this.callbacks) callback();
  }
}
