import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { createRedactor } from './redact.ts';

/**
 * Lines are written together, since each write costs as much as answering a few requests: as soon as there are many, and
 * after a fifth of a second at the latest, unless who reads them is behind. A write is of no more than a pipe of Linux holds,
 * unless it is one line. The rest is written when the process exits. Past some megabytes that nobody reads, lines are dropped.
 */
const STDOUT = {
  dest: 1,
  sync: false,
  minLength: 32_768,
  maxWrite: 65_536,
  periodicFlush: 200,
  maxLength: 4_000_000,
  contentMode: 'buffer',
} as const;

/** What pino's own type of a destination does not tell: that it takes bytes. */
interface ByteStream {
  write(line: Buffer): boolean;
  flush(onWritten: (error?: Error) => void): void;
  flushSync(): void;
}

/** Given texts instead of bytes, it would measure again at each line what it holds. */
function openStdout(): DestinationStream & Omit<ByteStream, 'write'> {
  const stdout = pino.destination(STDOUT) as unknown as ByteStream;
  return {
    // Looked up each time: pino takes it away when nobody can read any more.
    write: (line) => stdout.write(Buffer.from(line)),
    flush: (onWritten) => stdout.flush(onWritten),
    // By pino, after a line that is the last.
    flushSync: () => stdout.flushSync(),
  };
}

/**
 * A log of JSON lines on stdout, or on `destination`. No line holds one of the `secrets`, in whatever form and wherever it
 * came from: a library's error and an answer of RunPod's may repeat what was sent.
 */
export function createLog(
  { level, secrets }: { readonly level: string; readonly secrets: readonly string[] },
  destination?: DestinationStream,
): Logger {
  const options: LoggerOptions = { level, hooks: { streamWrite: createRedactor(secrets) } };
  return pino(options, destination ?? openStdout());
}
