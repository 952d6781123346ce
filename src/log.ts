import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { createRedactor } from './redact.ts';

/**
 * A log of JSON lines on stdout, or on `destination`. No line holds one of the `secrets`, in whatever form and wherever it
 * came from: a library's error and an answer of RunPod's may repeat what was sent.
 */
export function createLog(
  { level, secrets }: { readonly level: string; readonly secrets: readonly string[] },
  destination?: DestinationStream,
): Logger {
  const options: LoggerOptions = { level, hooks: { streamWrite: createRedactor(secrets) } };
  return destination === undefined ? pino(options) : pino(options, destination);
}
