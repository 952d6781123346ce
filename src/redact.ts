/** A shorter text hides by chance in another's base64. */
const SHORTEST_IN_BASE64 = 8;

/**
 * A function that takes `secrets` out of a text, as they are and as somebody may have repeated them: URL-encoded, with
 * escapes of JSON at any depth, or in base64, alone or with other text around.
 */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const forms = secrets.flatMap((secret) => [secret, ...base64Forms(secret)]);
  if (forms.length === 0) return (text) => text;
  const longestFirst = forms.toSorted((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map(toPattern).join('|'), 'gi');
  return (text) => text.replace(pattern, '[redacted]');
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
  return `(?:${backslashes}\\u${code}|\\\\+u${code}|%(?:25)*${code.slice(2)})`;
}
