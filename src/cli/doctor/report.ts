import { createRedactor } from '../../observability/redaction.ts';

/** The severity of a finding. FAIL means that the gateway would not work or would give wrong answers. */
export type Verdict = 'ok' | 'warn' | 'FAIL';

/** Prints a finding about `subject`. `remedy` is advice about what to do. */
export type Print = (verdict: Verdict, subject: string, text: string, remedy?: string) => void;

/** Prints each finding at once, and remembers whether any finding was a FAIL. */
export interface Report {
  readonly print: Print;
  /** Whether any finding was a FAIL. */
  readonly hasFailed: () => boolean;
}

/** Creates a report that never prints one of the `secrets`, not even in an encoded form. */
export function createReport(secrets: readonly string[], write: (text: string) => void): Report {
  const redact = createRedactor(secrets);
  let failed = false;
  return {
    hasFailed: () => failed,
    print(verdict, subject, text, remedy) {
      failed ||= verdict === 'FAIL';
      write(redact(`${verdict.padEnd(6)}${subject.padEnd(14)}${text}\n`));
      if (remedy !== undefined) write(redact(`${' '.repeat(20)}${remedy}\n`));
    },
  };
}
