import { type Logger, levels } from 'pino';
import { createParsedLog } from '../observability/parsed-log.ts';
import type { GpuAvailabilityLogger } from './library-types.ts';

/** The levels of the host's logger. */
export const LEVELS = ['debug', 'info', 'warn', 'error'] as const satisfies readonly (keyof GpuAvailabilityLogger)[];

/** Further fields that pino adds to every line. The host's logger adds its own. */
const OF_PINO = new Set(['time', 'pid', 'hostname']);

/** Creates a log whose lines go to the logger of the host, without the `secrets`. */
export function createForwardedLog(logger: GpuAvailabilityLogger, secrets: readonly string[]): Logger {
  return createParsedLog({ level: 'debug', secrets }, ({ level, msg, ...fields }) => {
    const label = LEVELS.find((name) => name === levels.labels[level]) ?? 'error';
    const own = Object.fromEntries(Object.entries(fields).filter(([name]) => !OF_PINO.has(name)));
    // The gateway also logs in timers and in events of Redis. There, an error of the host's logger would end the process.
    (async () => logger[label](own, msg))().catch(() => {});
  });
}

/** Writes warnings and errors to the console. */
export const CONSOLE: GpuAvailabilityLogger = {
  debug() {},
  info() {},
  warn: (fields, message) => console.warn(`gpu-availability-gateway: ${message}`, fields),
  error: (fields, message) => console.error(`gpu-availability-gateway: ${message}`, fields),
};
