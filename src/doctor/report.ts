import { createRedactor } from '../redact.ts';

/** How serious a finding is; FAIL means that the gateway would not work, or would answer wrongly. */
export type Verdict = 'ok' | 'warn' | 'FAIL';

/** Prints a finding about a subject, and what to do about it. */
export type Say = (verdict: Verdict, subject: string, text: string, remedy?: string) => void;

/** Findings, printed as they are made. */
export interface Report {
  readonly say: Say;
  /** Whether a finding was a FAIL. */
  readonly hasFailed: () => boolean;
}

/** A report in which none of the `secrets` is printed, in whatever form. */
export function createReport(secrets: readonly string[], write: (text: string) => void): Report {
  const redact = createRedactor(secrets);
  let failed = false;
  return {
    hasFailed: () => failed,
    say(verdict, subject, text, remedy) {
      failed ||= verdict === 'FAIL';
      write(redact(`${verdict.padEnd(6)}${subject.padEnd(14)}${text}\n`));
      if (remedy !== undefined) write(redact(`${' '.repeat(20)}${remedy}\n`));
    },
  };
}
