import { performance } from 'node:perf_hooks';

/** The interval between messages while a command waits, in milliseconds. */
const WAIT_MS = 2000;

/** Shows on stderr how much of its work a command has done. */
export interface Progress {
  /** Shows the given text. On a terminal, it replaces the previous text. */
  readonly show: (text: string) => void;
  /** Ends the display, so that later output on a terminal begins on a new line. */
  readonly end: () => void;
}

/** Creates a progress display. */
export function createProgress({ stderr } = process): Progress {
  return {
    show: (text) => void stderr.write(stderr.isTTY ? `\r${text}\u001B[K` : `${text}\n`),
    end: () => void (stderr.isTTY && stderr.write('\n')),
  };
}

/** Waits for `work` and returns its result. Every two seconds, writes to stderr how long the answer about `subject` has been missing. */
export async function announceWait<T>(subject: string, work: Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    process.stderr.write(`${subject}: no answer for ${seconds} s\n`);
  }, WAIT_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
