import closeWithGrace from 'close-with-grace';

/**
 * Signals of a crash in Node itself. They must end the process at once: a handler would return to the faulty instruction, which would
 * then run again and again.
 */
const CRASH_SIGNALS = ['SIGBUS', 'SIGFPE', 'SIGILL', 'SIGSEGV'] as const;

/**
 * The signals with which a process is usually stopped. They are handled in this file, not by close-with-grace. That package adds a second
 * handler while its first handler runs. Deno calls the second handler for the same signal, which would end the process at once.
 */
const STOP_SIGNALS = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'] as const;

/** The reason for a stop: a signal, or an error that nothing caught. */
interface Reason {
  readonly signal?: string | undefined;
  readonly err?: Error | undefined;
}

/**
 * Calls `stop` at the first signal or uncaught error, and then ends the process. The exit code is 0 after a signal, and 1 after an error. A
 * second signal, or a stop that takes longer than `delay` milliseconds, ends the process at once with exit code 1.
 */
export function stopGracefully(delay: number, stop: (reason: Reason) => Promise<void>): void {
  let isStopping = false;
  let received: string | undefined;
  const { close } = closeWithGrace(
    { delay, logger: false, skip: [...CRASH_SIGNALS, ...STOP_SIGNALS] },
    async ({ signal = received, err }) => {
      isStopping = true;
      await stop({ signal, err });
    },
  );
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => {
      if (isStopping) process.exit(1);
      received = signal;
      close();
    });
  }
}
