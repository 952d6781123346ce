import { readFileSync } from 'node:fs';
import { ConfigError } from '../config.ts';

/** The file from which settings are read, in the current folder. */
const ENV_FILE = '.env';

/**
 * Adds the settings in the file `.env` to the environment of the process, if that file exists. A setting in the environment takes
 * precedence. Throws a `ConfigError` that names every malformed line, because Node would silently ignore or misread such a line.
 */
export function loadEnvFile(): void {
  const text = readText();
  if (text === null) return;
  const problems = [...malformedLinesIn(text)].map(
    ([line, found]) =>
      `Line ${line} of ${ENV_FILE} ${found}; it must be NAME=value or NAME="value", or empty, or a comment after #`,
  );
  if (problems.length > 0) throw new ConfigError(problems);
  process.loadEnvFile(ENV_FILE);
}

/** Reads the file; returns `null` if it does not exist. */
function readText(): string | null {
  try {
    return readFileSync(ENV_FILE, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new ConfigError([`${ENV_FILE} cannot be read (${code}); it must be a file that the gateway may read`]);
  }
}

/** Matches the invisible character that some editors write at the beginning of a file. */
const BYTE_ORDER_MARK = /^\uFEFF/;

/** Matches `NAME=value`, with an optional `export` before it. */
const ASSIGNMENT = /^(?:export )?(.*?) *= *(.*)$/;
const QUOTES = new Set(['"', "'", '`']);

/**
 * Yields the number of each malformed line, with a description of the mistake. A line is also malformed if the supported versions of Node
 * read it in different ways. The description contains no text of the line, because the line may contain a secret.
 */
export function* malformedLinesIn(text: string): Generator<readonly [line: number, found: string]> {
  if (BYTE_ORDER_MARK.test(text)) yield [1, 'begins with a byte order mark, an invisible character'];
  const lines = text.replace(BYTE_ORDER_MARK, '').split(/\r?\n/).map(trimSpaces);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line === '' || line.startsWith('#')) continue;
    const [, name, value = ''] = ASSIGNMENT.exec(line) ?? [];
    const isQuoted = QUOTES.has(value.charAt(0));
    const mistake = mistakeBeforeValue(line, name) ?? (isQuoted ? null : mistakeInUnquoted(value));
    if (mistake !== null) yield [index + 1, mistake];
    if (isQuoted) {
      const end = endOfQuoted(value, lines.slice(index + 1));
      if (end === null) yield [index + 1, 'has a quote that is never closed'];
      else if (end.rest !== '' && !end.rest.startsWith('#')) yield [index + 1, 'has text after the closing quote'];
      index += end?.lines ?? 0;
    }
  }
}

/**
 * Removes the spaces at both ends of a line, as all supported versions of Node do. Tabs are not removed, because only some versions remove
 * them.
 */
const trimSpaces = (line: string) => line.replace(/^ +| +$/g, '');

function mistakeBeforeValue(line: string, name: string | undefined): string | null {
  if (/^[^=]*=? *\t/.test(line)) return 'has a tab before its value';
  if (name === undefined) return 'has no =';
  if (name === '') return 'has no name before the =';
  if (!/^[\w.-]+$/.test(name)) return 'has a name with characters other than letters, digits, _, - and .';
  return /^[a-z_]/i.test(name) ? null : 'has a name that does not begin with a letter or _';
}

/**
 * Describes the mistake if an unquoted value contains a # inside a word, else returns `null`. Node treats such a # as the start of a
 * comment, so it would silently cut off the rest of an API key or password.
 */
const mistakeInUnquoted = (value: string) => (/^[^#]*[^#\s]#/.test(value) ? 'has a # in a value without quotes' : null);

/**
 * Finds the end of a value in quotes. The value may extend over several lines, so `following` contains the lines after its first line.
 * Quotes cannot be escaped.
 */
function endOfQuoted(value: string, following: readonly string[]) {
  const all = [value.slice(1), ...following];
  const last = all.findIndex((line) => line.includes(value.charAt(0)));
  const line = all[last];
  return line === undefined ? null : { lines: last, rest: line.slice(line.indexOf(value.charAt(0)) + 1).trim() };
}
