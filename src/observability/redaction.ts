/**
 * The minimum length of a text whose base64 forms are also replaced, in characters. The base64 forms of a shorter text may occur by chance.
 */
const SHORTEST_IN_BASE64 = 8;

/**
 * The first half of a secret is also replaced on its own if it has at least this length, in characters. A shorter half may occur by chance.
 */
const SHORTEST_HALF = 8;

/**
 * Returns a function that replaces `secrets` in a text. It also finds their encoded forms: URL-encoded (also with `+` for a space), escaped
 * for JSON to any depth, and base64, even as part of a longer encoded text. It also replaces the first half of a long secret, because
 * truncated text may contain only this half.
 */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const parts = secrets.flatMap((secret) => [secret, ...firstHalf(secret)]);
  const forms = parts.flatMap((part) => [part, ...base64Forms(part)]);
  if (forms.length === 0) return (text) => text;
  const longestFirst = forms.toSorted((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map(toPattern).join('|'), 'gi');
  return (text) => text.replace(pattern, '[redacted]');
}

function firstHalf(secret: string): string[] {
  const half = secret.slice(0, Math.ceil(secret.length / 2));
  return half.length < SHORTEST_HALF ? [] : [half];
}

/**
 * Returns the base64 forms of a text. Within encoded data, the text can start at three different offsets, and each offset gives another
 * form. Characters that also encode adjacent bytes are omitted.
 */
function base64Forms(text: string): string[] {
  if (text.length < SHORTEST_IN_BASE64) return [];
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.from('\0'.repeat(before) + text);
    const [start, end] = [Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6)];
    return (['base64', 'base64url'] as const).map((encoding) => bytes.toString(encoding).slice(start, end));
  });
}

const toPattern = (text: string): string => text.split('').map(toCharacterPattern).join('');

/**
 * Returns a regular expression for a character of a secret and the escaped forms of this character. Letters and digits are never escaped. A
 * quote is matched only after a backslash, because a quote without one is part of the JSON syntax of the log line.
 */
function toCharacterPattern(character: string): string {
  if (/[a-z\d]/i.test(character)) return character;
  const code = character.charCodeAt(0).toString(16).padStart(4, '0');
  const backslashes = character === '"' || character === '\\' ? '\\\\+' : '\\\\*';
  const plus = character === ' ' ? '\\+|' : '';
  return `(?:${plus}${backslashes}\\u${code}|\\\\+u${code}|%(?:25)*${code.slice(2)})`;
}
