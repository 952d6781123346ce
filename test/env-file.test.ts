import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { malformedLinesIn } from '../src/settings/env-file.ts';
import { killAll, program, start } from './support/start.ts';

const folder = mkdtempSync(join(tmpdir(), 'env-file-'));

afterAll(() => {
  killAll();
  rmSync(folder, { recursive: true });
});

/** Starts a gateway in a folder that contains only a file `.env` with this text. */
function startWith(text: string) {
  writeFileSync(join(folder, '.env'), text);
  const [node = '', main = ''] = program('main');
  return start({ UPSTREAM: 'recorded' }, ['sh', '-c', 'cd "$0" && exec "$@"', folder, node, resolve(main)]);
}

describe('a line of .env', () => {
  it.each([
    ['PORT 4000', 'has no ='],
    ['PORT: 4000', 'has no ='],
    ['export PORT', 'has no ='],
    ['=4000', 'has no name before the ='],
    ['1PORT=4000', 'has a name that does not begin with a letter or _'],
    ['\u00A0PORT=4000', 'has a name with characters other than letters, digits, _, - and .'],
    ['export  PORT=4000', 'has a name with characters other than letters, digits, _, - and .'],
    ['\tPORT=4000', 'has a tab before its value'],
    ['PORT\t=4000', 'has a tab before its value'],
    ['PORT=\t"4000"', 'has a tab before its value'],
    ['\t# a comment', 'has a tab before its value'],
    ['CLIENT_API_KEYS=ab#cd', 'has a # in a value without quotes'],
    ['MY PORT=4000', 'has a name with characters other than letters, digits, _, - and .'],
    ['\uFEFF$PORT=4000', 'has a name with characters other than letters, digits, _, - and .'],
    ['HOST="unclosed', 'has a quote that is never closed'],
    ['HOST="127.0.0.1" PORT=4000', 'has text after the closing quote'],
    [String.raw`HOST="a\"b"`, 'has text after the closing quote'],
  ])('is malformed: %s', (line, found) => {
    expect([...malformedLinesIn(`# before\r\n\r\n${line}\r\nLOG_LEVEL=info`)]).toEqual([[3, found]]);
  });

  it('is malformed if it begins with a byte order mark, even if it is a comment', () => {
    const found = 'begins with a byte order mark, an invisible character';
    expect([...malformedLinesIn('\uFEFFRUNPOD_API_KEY=hidden')]).toEqual([[1, found]]);
    expect([...malformedLinesIn('\uFEFF# settings\nPORT')]).toEqual([
      [1, found],
      [2, 'has no ='],
    ]);
  });

  it.each([
    ['HOST=a', 'a'],
    ['  export HOST = a # comment', 'a'],
    ['HOST=', ''],
    ['HOST= # a#b', ''],
    ['HOST=# a', ''],
    ['HOST=a # b#c', 'a'],
    ['HOST="a#b"', 'a#b'],
    ['# a\tb\nHOST=a', 'a'],
    ['HOST="a # b" # comment', 'a # b'],
    ["HOST='a\nb=c\n\nd'", 'a\nb=c\n\nd'],
    ["HOST=it's", "it's"],
    ['HOST=a=b', 'a=b'],
  ])('is well-formed, and Node reads the same value: %s', (lines, value) => {
    const text = `${lines}\nPORT=1\n`;
    expect([...malformedLinesIn(text)]).toEqual([]);
    expect(parseEnv(text)).toEqual({ HOST: value, PORT: '1' });
  });
});

describe('a gateway with a file .env', () => {
  it('uses its settings, and logs each name that resembles a setting', async () => {
    const { ready, lines } = startWith('FRESH_SECOND=5\nCORS_ORIGINS=https://page.example\n');
    const response = await fetch(await ready, { method: 'OPTIONS', headers: { origin: 'https://page.example' } });
    expect(response.headers.get('access-control-allow-origin')).toBe('https://page.example');
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ level: 40, name: 'FRESH_SECOND', meant: ['FRESH_SECONDS'] }),
    );
  });

  it('does not start if lines are malformed, and names these lines but not their text', async () => {
    const { exit, stderr } = startWith('RUNPOD_API_KEY hidden\nPORT=0\nREDIS_URL="hidden\n');
    expect(await exit).toBe(1);
    expect(stderr.join('')).toBe(
      'Line 1 of .env has no =; it must be NAME=value or NAME="value", or empty, or a comment after #\n' +
        'Line 3 of .env has a quote that is never closed; it must be NAME=value or NAME="value", or empty, or a comment after #\n',
    );
  });
});
