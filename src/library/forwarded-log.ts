import { type Logger, levels } from 'pino';
import { createParsedLog } from '../observability/parsed-log.ts';
import type { GpuAvailabilityLogger } from './library-types.ts';

/** The log levels that the logger of the host must have. The host is the program that uses this library. */
export const LEVELS = ['debug', 'info', 'warn', 'error'] as const satisfies readonly (keyof GpuAvailabilityLogger)[];

/** The fields that pino adds to every log line. They are removed, because the host's logger adds its own. */
const OF_PINO = new Set(['time', 'pid', 'hostname']);

/** Creates a log that removes the `secrets` from its lines, and passes the lines to the logger of the host program. */
export function createForwardedLog(logger: GpuAvailabilityLogger, secrets: readonly string[]): Logger {
  return createParsedLog({ level: 'debug', secrets }, ({ level, msg, ...fields }) => {
    const label = LEVELS.find((name) => name === levels.labels[level]) ?? 'error';
    const own = Object.fromEntries(Object.entries(fields).filter(([name]) => !OF_PINO.has(name)));
    // Errors of the host's logger are ignored. If one was thrown in a timer or in an event of Redis, it would end the process.
    (async () => logger[label](own, msg))().catch(() => {});
  });
}

/** A logger that writes warnings and errors to the console. */
export const CONSOLE: GpuAvailabilityLogger = {
  debug() {},
  info() {},
  warn: (fields, message) => console.warn(`gpu-availability-gateway: ${message}`, fields),
  error: (fields, message) => console.error(`gpu-availability-gateway: ${message}`, fields),
};
