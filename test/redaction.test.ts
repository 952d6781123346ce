import { describe, expect, it } from 'vitest';
import { createReport } from '../src/cli/doctor/report.ts';
import { createLog } from '../src/observability/log.ts';
import { createRedactor } from '../src/observability/redaction.ts';
import { REPEATED } from './support/secret-traces.ts';

const SECRET = 'rpa_TOP SECRET+key/0123456789==';
const FORMS = { ...REPEATED, 'with + for a space': (text: string) => encodeURIComponent(text).replaceAll('%20', '+') };
const PARTS = { whole: SECRET, 'cut in half': SECRET.slice(0, Math.ceil(SECRET.length / 2)) };
const CASES = Object.entries(FORMS).flatMap(([form, repeat]) =>
  Object.entries(PARTS).map(([part, text]) => [form, part, repeat(text)] as const),
);

describe('a secret', () => {
  it.each(CASES)('that is repeated %s (%s) appears in no text, log line or output', (_form, _part, repeated) => {
    const logged: string[] = [];
    const log = createLog({ level: 'trace', secrets: [SECRET] }, { write: (line) => void logged.push(line) });
    for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) {
      log[level]({ repeated, err: new Error(repeated) }, repeated);
    }
    const printed: string[] = [];
    createReport([SECRET], (text) => void printed.push(text)).print('FAIL', 'key', repeated, repeated);
    // In base64, the first and the last characters also depend on the bytes beside the secret. So only the characters between them must not
    // appear.
    const rest = repeated.slice(4, -4);
    for (const text of [createRedactor([SECRET])(repeated), ...logged, ...printed]) {
      expect(text).toContain('[redacted]');
      expect(text).not.toContain(rest);
    }
  });

  it('is not removed from a text that contains only its first half if the secret is short', () => {
    expect(createRedactor(['letmein-1'])('letme in')).toBe('letme in');
  });
});
