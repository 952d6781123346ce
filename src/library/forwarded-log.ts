import { type Logger, levels } from 'pino';
import { createLog } from '../observability/log.ts';
import type { GpuAvailabilityLogger } from './library-types.ts';

/** The levels of the host's logger. */
const LEVELS = ['debug', 'info', 'warn', 'error'] as const satisfies readonly (keyof GpuAvailabilityLogger)[];

/** The fields that pino adds to every line. The host's logger adds its own. */
interface Line {
  readonly level: number;
  readonly msg: string;
  readonly time?: number;
  readonly pid?: number;
  readonly hostname?: string;
}

/** Creates a log whose lines go to the logger of the host, without the `secrets`. */
export function createForwardedLog(logger: GpuAvailabilityLogger, secrets: readonly string[]): Logger {
  return createLog(
    { level: 'debug', secrets },
    {
      write(text) {
        const { level, msg, time, pid, hostname, ...fields } = JSON.parse(text) as Line;
        const label = LEVELS.find((name) => name === levels.labels[level]) ?? 'error';
        logger[label](fields, msg);
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
