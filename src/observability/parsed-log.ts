import type { Logger } from 'pino';
import { createLog } from './log.ts';
import { createRedactor } from './redaction.ts';

/** A line of the log as an object. */
export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** Creates a log that passes each line to `onLine` as an object. It removes the `secrets` from the texts in the line. */
export function createParsedLog(
  { level, secrets }: { readonly level: string; readonly secrets: readonly string[] },
  onLine: (line: LogLine) => void,
): Logger {
  const redact = createTextRedactor(secrets);
  // The secrets are removed from each text value, not from the JSON of the whole line. A secret such as `40` or `level` could also be a
  // number or a field name in that JSON.
  const toRedacted = (_key: string, value: unknown) => (typeof value === 'string' ? redact(value) : value);
  return createLog({ level, secrets: [] }, { write: (line) => onLine(JSON.parse(line, toRedacted) as LogLine) });
}

function createTextRedactor(secrets: readonly string[]): (text: string) => string {
  const redact = createRedactor(secrets);
  return (text) => {
    // If a secret contains a quote or a backslash, `redact` finds it only in its JSON form. So the text is converted to JSON first.
    const json = JSON.stringify(text);
    const redacted = redact(json);
    if (redacted === json) return text;
    try {
      return JSON.parse(redacted) as string;
    } catch {
      // The replacement has made the JSON invalid. For example, the secret `n` also occurs in the escape of a line break.
      return '[redacted]';
    }
  };
}
