import pc from 'picocolors';

/** The two streams of a command. Results go to `out`; progress, warnings and errors to `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Colours of each stream: none where it is no terminal or NO_COLOR is set. */
  outColors: Colors;
  errColors: Colors;
  /** Whether `err` can hold a line that is written over. */
  isLive: boolean;
  /** Characters a line of `out` may have. */
  width: number;
  errWidth: number;
}

export type Colors = ReturnType<typeof pc.createColors>;

const USUAL_WIDTH = 100;

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  // https://no-color.org: set and not empty.
  const wantsColor = !env.NO_COLOR && env.TERM !== 'dumb';
  return {
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(text),
    outColors: pc.createColors(wantsColor && stdout.isTTY === true),
    errColors: pc.createColors(wantsColor && stderr.isTTY === true),
    isLive: stderr.isTTY === true && env.TERM !== 'dumb',
    // Some terminals say that they have 0 columns.
    width: Math.min(stdout.columns || USUAL_WIDTH, USUAL_WIDTH),
    errWidth: stderr.columns || USUAL_WIDTH,
  };
}
