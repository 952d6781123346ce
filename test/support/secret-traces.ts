/**
 * The forms in which RunPod may repeat a text that the gateway has sent. Each entry has a name, and a function that converts a text to the
 * form.
 */
export const REPEATED: Record<string, (text: string) => string> = {
  'as it is': (text) => text,
  'URL-encoded': encodeURIComponent,
  'URL-encoded twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  'with escaped slashes': (text) => JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/'),
  'as JSON for HTML': (text) => text.replace(/[^\w .]/g, escapeOfJson),
  'in base64': (text) => Buffer.from(text).toString('base64'),
  'in base64, one byte later': (text) => Buffer.from(`"${text}"`).toString('base64'),
  'in base64, two bytes later': (text) => Buffer.from(`: ${text}`).toString('base64'),
  'in base64 for URLs': (text) => Buffer.from(text).toString('base64url'),
};

const escapeOfJson = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Returns those `secrets` that a text contains: unchanged, in a form of `REPEATED`, or in a combination of these forms. */
export function tracesOf(secrets: readonly string[], text: string): string[] {
  const plain = decoded(text);
  const runs = plain.match(/[\w+/-]{12,}/g) ?? [];
  const hidden = runs.flatMap((run) => [0, 1, 2, 3].map((start) => Buffer.from(run.slice(start), 'base64').toString()));
  const all = [text, plain, ...hidden].join('\n');
  return secrets.filter((secret) => all.includes(secret));
}

function decoded(text: string): string {
  const toCharacter = (_all: string, code: string) => String.fromCharCode(Number.parseInt(code, 16));
  return text
    .replace(/\\+u00([\da-f]{2})/gi, toCharacter)
    .replaceAll('\\', '')
    .replace(/%(?:25)*([\da-f]{2})/gi, toCharacter);
}
