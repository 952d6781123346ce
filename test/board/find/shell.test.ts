import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteForShell, toCurl } from '../../../src/board/find/shell.ts';

/** Returns the arguments that a shell passes to curl. */
function argumentsOf(command: string): readonly string[] {
  const script = `curl() { for argument; do printf '%s\\n\\0' "$argument"; done; }\n${command}`;
  const output = execFileSync('sh', ['-c', script], { encoding: 'utf8', env: { KEY: 'a "secret" key' } });
  return output.split('\n\0').slice(0, -1);
}

/** Generates texts without the null character, which an argument cannot contain. */
const anyText = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', ''));

describe('a text for a shell', () => {
  it.each(["it's", "'", "''", '$(date) `date` $HOME \\ "x"', 'two\nlines', '!-~'])(
    'is passed on as it is: %j',
    (text) => {
      expect(argumentsOf(`curl ${quoteForShell(text)}`)).toEqual([text]);
    },
  );

  it('is passed on as it is, whatever it contains', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(argumentsOf(`curl ${quoteForShell(text)}`)).toEqual([text]);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a command with curl', () => {
  const request = { method: 'POST', url: 'https://api.example/v2/pods', body: '{"id":"AMD\'s \\"MI\\""}' };

  it('contains the name of the variable with the key, and the shell inserts the key', () => {
    const command = toCurl({ ...request, keyVariable: 'KEY' });
    expect(command).not.toContain('secret');
    expect(argumentsOf(command)).toEqual([
      '-X',
      'POST',
      request.url,
      '-H',
      'Content-Type: application/json',
      '-H',
      'Authorization: Bearer a "secret" key',
      '--data-raw',
      request.body,
    ]);
  });

  it('has no key if none is required', () => {
    expect(toCurl({ ...request, keyVariable: null })).not.toContain('Authorization');
  });
});
