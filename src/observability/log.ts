import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { createRedactor } from './redaction.ts';

/**
 * The settings of stdout. Lines are batched, because each write costs as much as answering a few requests. A batch is written when it is
 * large enough, and after 200 ms at the latest, unless the reader of stdout is slow. No write of several lines exceeds the capacity of a
 * Linux pipe. Waiting lines are written when the process exits. If the reader has left several megabytes unread, further lines are dropped.
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

/** The methods of pino's stdout destination. Pino's own type omits that the destination accepts bytes. */
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

/** Opens stdout for bytes. If the destination received strings, it would measure its whole buffer again for each line. */
function openStdout(): DestinationStream & Pick<ByteStream, 'flush' | 'flushSync'> {
  const stdout = pino.destination(STDOUT) as unknown as ByteStream;
  // After a terminal was closed, or while a disk is full, every write fails. sonic-boom's `flushSync` repeats a failed write forever, so
  // the process could not end. From now on, all lines are discarded, as pino itself does after a pipe was closed.
  stdout.on('error', () => Object.assign(stdout, NOTHING));
  return {
    // The method is looked up for each line, because pino replaces it once stdout has no reader any more.
    write: (line) => stdout.write(Buffer.from(line)),
    flush: (onWritten) => stdout.flush(onWritten),
    // pino calls this after each line of the level `fatal`.
    flushSync: () => stdout.flushSync(),
  };
}

/**
 * Creates a log of JSON lines on stdout, or on `destination`. It removes the `secrets` from every line, even if they are encoded. A secret
 * that was sent may get into a line because an error of a library or a response from RunPod repeats it.
 */
export function createLog(
  { level, secrets }: { readonly level: string; readonly secrets: readonly string[] },
  destination?: DestinationStream,
): Logger {
  const options: LoggerOptions = { level, hooks: { streamWrite: createRedactor(secrets) } };
  return pino(options, destination ?? openStdout());
}
