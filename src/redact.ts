/** A shorter text hides by chance in another's base64. */
const SHORTEST_IN_BASE64 = 8;

/** A shorter half of a key is found in other text by chance. */
const SHORTEST_HALF = 8;

/**
 * Returns a function that replaces `secrets` in a text: as they are, URL-encoded (also with `+` for a space), with escapes of JSON at
 * any depth, or in base64, alone or with other text around. It also replaces the first half of a long secret, which is what remains
 * where a text was cut.
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

/** What base64 makes of a text at each of the three places where it can begin among other bytes, without what they share. */
function base64Forms(text: string): string[] {
  if (text.length < SHORTEST_IN_BASE64) return [];
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.from('\0'.repeat(before) + text);
    const [start, end] = [Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6)];
    return (['base64', 'base64url'] as const).map((encoding) => bytes.toString(encoding).slice(start, end));
  });
}

const toPattern = (text: string): string => text.split('').map(toCharacterPattern).join('');

/** A letter or digit is nowhere escaped. A quote without a backslash is one of the line's own. */
function toCharacterPattern(character: string): string {
  if (/[a-z\d]/i.test(character)) return character;
  const code = character.charCodeAt(0).toString(16).padStart(4, '0');
  const backslashes = character === '"' || character === '\\' ? '\\\\+' : '\\\\*';
  const plus = character === ' ' ? '\\+|' : '';
  return `(?:${plus}${backslashes}\\u${code}|\\\\+u${code}|%(?:25)*${code.slice(2)})`;
}
