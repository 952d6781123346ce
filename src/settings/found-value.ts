/** The settings whose values never appear in a message, not even if they are invalid. */
const SECRETS = new Set(['RUNPOD_API_KEY', 'CLIENT_API_KEYS', 'REDIS_URL']);

/** The maximum number of characters of a value that a message shows. */
const MAX_SHOWN = 100;

/** The kinds of values that a message distinguishes, each with the pattern of its values. The first pattern that matches decides. */
const KINDS: readonly (readonly [string, RegExp])[] = [
  ['text in quotes', /^(["'`]).*\1$/s],
  ['whole number', /^\+?\d+$/],
  ['negative number', /^-\d+(?:\.\d+)?$/],
  ['decimal number', /^\+?\d*\.\d+$/],
  ['number with a unit', /^[\d.]+ ?[a-z%]+$/i],
  ['list with an empty part', /(?:^|,)\s*(?:,|$)/],
  ['list', /,/],
  ['URL', /^[a-z][a-z\d+.-]*:\/\//i],
  ['text with blanks', /\s/],
  ['word', /^[\w-]+$/],
];

/** Describes the invalid value of a setting for an error message: its kind, and the value itself unless it may be secret. */
export function describeFound(name: string, value: string | undefined): string {
  if (value === undefined) return 'not set';
  const text = value.trim();
  const kind = KINDS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'text';
  if (SECRETS.has(name)) return `a ${kind} (not shown)`;
  return `the ${kind} ${JSON.stringify(shorten(withoutSecrets(text)))}`;
}

const shorten = (text: string) => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);

/** Hides the parts of an invalid URL that may contain a secret: its query, and everything between the scheme and the last `@`. */
const withoutSecrets = (value: string) => value.replace(/^([a-z]+:)?.*@/is, '$1//…@').replace(/\?.*/s, '?…');
