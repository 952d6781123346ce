import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { createRedactor } from './redaction.ts';

/**
 * The options of the log's destination, stdout. Lines are written in batches, because each write costs as much as answering a few requests.
 * A batch is written when it has reached `minLength`, and after 200 ms at the latest, unless the reader of stdout is slow. A write of
 * several lines never exceeds the capacity of a Linux pipe. When the process exits, the waiting lines are written. While the reader has
 * several megabytes unread, further lines are dropped.
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

/**
 * The methods that the gateway calls on pino's stdout destination. Pino's own type does not allow bytes, although the destination accepts
 * them.
 */
interface ByteStream {
  write(line: Buffer): boolean;
  flush(onWritten: (error?: Error) => void): void;
  flushSync(): void;
  on(event: 'error', listener: () => void): void;
}

/** A stream that discards everything. */
const NOTHING = {
  write: () => true,
  flush: (onWritten: () => void) => onWritten(),
  flushSync() {},
  end() {},
  destroy() {},
};

/**
 * Opens stdout for log lines as bytes. Strings would be slower, because pino's destination would measure its whole buffer for each line.
 */
function openStdout(): DestinationStream & Pick<ByteStream, 'flush' | 'flushSync'> {
  const stdout = pino.destination(STDOUT) as unknown as ByteStream;
  // Every write fails once the terminal has been closed, or while the disk is full. `flushSync` of the package sonic-boom repeats a failed
  // write forever, so the process could not end. So all lines after the first error are discarded. pino itself does the same once a pipe
  // has been closed.
  stdout.on('error', () => Object.assign(stdout, NOTHING));
  return {
    // `stdout.write` is looked up for each line, because pino replaces this method once stdout has no reader any more.
    write: (line) => stdout.write(Buffer.from(line)),
    flush: (onWritten) => stdout.flush(onWritten),
    // pino calls this method after each line of the level `fatal`.
    flushSync: () => stdout.flushSync(),
  };
}

/**
 * Creates a log of JSON lines on stdout, or on `destination`. It removes the `secrets` from every line, even in an encoded form. A secret
 * can get into a line if an error of a library or a response from RunPod repeats what was sent.
 */
export function createLog(
  { level, secrets }: { readonly level: string; readonly secrets: readonly string[] },
  destination?: DestinationStream,
): Logger {
  const options: LoggerOptions = { level, hooks: { streamWrite: createRedactor(secrets) } };
  return pino(options, destination ?? openStdout());
}
