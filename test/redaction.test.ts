import { describe, expect, it } from 'vitest';
import { createReport } from '../src/cli/doctor/report.ts';
import { createLog } from '../src/observability/log.ts';
import { createParsedLog } from '../src/observability/parsed-log.ts';
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
    createParsedLog({ level: 'info', secrets: [SECRET] }, (line) => void logged.push(JSON.stringify(line))).info(
      { repeated, in: [{ repeated }] },
      repeated,
    );
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

  it.each(['a"quote', 'a\\backslash', '40', 'level', 'n'])(
    'such as %j leaves the lines of a parsed log whole',
    (secret) => {
      const lines: object[] = [];
      const log = createParsedLog({ level: 'info', secrets: [secret] }, (line) => void lines.push(line));
      log.info({ repeated: `<${secret}>\n`, count: 40 }, 'cut');
      expect(lines).toMatchObject([
        { level: 30, repeated: expect.stringContaining('[redacted]'), count: 40, msg: 'cut' },
      ]);
      expect(lines).not.toMatchObject([{ repeated: expect.stringContaining(`<${secret}`) }]);
    },
  );

  it('is not removed from a text that contains only its first half if the secret is short', () => {
    expect(createRedactor(['letmein-1'])('letme in')).toBe('letme in');
  });
});
