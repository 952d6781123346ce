import { typingCost } from '../typing-cost.ts';

/** The settings whose values never appear in an error message, not even if they are invalid. */
const SECRETS = [
  'RUNPOD_API_KEY',
  'CLIENT_API_KEYS',
  'REDIS_URL',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
];

/** The kinds of numbers that an error message can name. Each kind has a regular expression for its values. */
const NUMBERS: readonly (readonly [string, RegExp])[] = [
  ['whole number', /^\+?\d+$/],
  ['negative number', /^-\d+(?:\.\d+)?$/],
  ['decimal number', /^\+?\d*\.\d+$/],
  ['number with a unit', /^\d+(?:\.\d+)? ?(?:[a-z]{1,3}|%|seconds|minutes|hours|days|bytes)$/i],
];

/** The other kinds of values that an error message can name. The first regular expression that matches decides. */
const TEXTS: readonly (readonly [string, RegExp])[] = [
  ['text in quotes', /^(["'`]).*\1$/s],
  ['list with an empty part', /(?:^|,)\s*(?:,|$)/],
  ['list', /,/],
  ['URL', /^[a-z][a-z\d+.-]*:\/\//i],
  ['text with blanks', /\s/],
  ['word', /^[\w-]+$/],
];

/** The maximum length of a value that an error message shows, in characters. API keys are longer, so they are never shown. */
const MAX_SHOWN = 15;
/** The maximum typing cost (see `typingCost`) between an allowed word and a similar word that an error message shows. */
const MAX_COST = 2;

/**
 * Describes the invalid value of a setting for an error message. Any setting may contain a key by mistake, so the message shows the value
 * only if it is a short number, or a short word that resembles one of the words in `allowed`, and never if it is part of a secret in `env`.
 * Of every other value, it gives only the kind and the length.
 */
export function describeFound(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  allowed: readonly string[],
): string {
  const value = env[name];
  if (value === undefined) return 'not set';
  const text = value.trim();
  const number = kindOf(text, NUMBERS);
  const kind = number ?? kindOf(text, TEXTS) ?? 'text';
  const isHarmless = number !== undefined || allowed.some((word) => typingCost(text.toLowerCase(), word) <= MAX_COST);
  const isShown = isHarmless && text.length <= MAX_SHOWN && !SECRETS.some((secret) => env[secret]?.includes(text));
  return isShown ? `the ${kind} ${JSON.stringify(text)}` : `a ${kind} (length ${text.length}, not shown)`;
}

const kindOf = (text: string, kinds: typeof TEXTS) => kinds.find(([, pattern]) => pattern.test(text))?.[0];
