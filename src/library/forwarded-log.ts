import { type Logger, levels } from 'pino';
import { createLog } from '../observability/log.ts';
import type { GpuAvailabilityLogger } from './library-types.ts';

/** The levels of the host's logger. */
const LEVELS = ['debug', 'info', 'warn', 'error'] as const satisfies readonly (keyof GpuAvailabilityLogger)[];

/** A line of pino. */
interface Line {
  readonly level: number;
  readonly msg: string;
}

/** Further fields that pino adds to every line. The host's logger adds its own. */
const OF_PINO = new Set(['time', 'pid', 'hostname']);

/** Creates a log whose lines go to the logger of the host, without the `secrets`. */
export function createForwardedLog(logger: GpuAvailabilityLogger, secrets: readonly string[]): Logger {
  return createLog(
    { level: 'debug', secrets },
    {
      write(text) {
        const { level, msg, ...fields } = JSON.parse(text) as Line;
        const label = LEVELS.find((name) => name === levels.labels[level]) ?? 'error';
        logger[label](Object.fromEntries(Object.entries(fields).filter(([name]) => !OF_PINO.has(name))), msg);
      },
    },
  );
}

/** Writes warnings and errors to the console. */
export const CONSOLE: GpuAvailabilityLogger = {
  debug() {},
  info() {},
  warn: (fields, message) => console.warn(`gpu-availability-gateway: ${message}`, fields),
  error: (fields, message) => console.error(`gpu-availability-gateway: ${message}`, fields),
};
