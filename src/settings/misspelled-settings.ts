import { typingCost } from '../typing-cost.ts';
import { findWithSimilarWords } from './similar-words.ts';

/** The name of an environment variable that is not a setting but resembles one. */
export interface MisspelledSetting {
  readonly name: string;
  /**
   * The settings that the name may stand for, in most cases one. If no setting is similar, these are all settings that begin with the same
   * word.
   */
  readonly meant: readonly string[];
}

/** Describes a misspelled setting in a sentence that has no full stop at its end. */
export const describeMisspelled = ({ name, meant }: MisspelledSetting): string =>
  `${name} is not a setting; it may mean ${meant.join(' or ')}`;

/**
 * The maximum typing cost (see `typingCost`) of a misspelled name, per character. It is a stricter limit for short names, because they
 * resemble each other by chance.
 */
const COST_PER_CHARACTER = 0.2;
/** The maximum typing cost (the weighted number of typing mistakes) of a misspelled name, however long the name is. */
const MAX_COST = 2.5;

/**
 * The maximum difference between the lengths of a setting and its misspelling, in characters. The lengths of most pairs of names differ by
 * more, so their typing cost need not be computed.
 */
const MAX_LENGTH_DIFFERENCE = 4;

/**
 * Words with which settings of the gateway begin, and which no other program is likely to use. A name that begins with one of these words
 * is probably a setting of the gateway.
 */
const OWN_WORDS = new Set([
  'DISCOVERY',
  'FRESH',
  'INTROSPECTION',
  'PERSISTED',
  'RECORDING',
  'REFRESH',
  'STALE',
  'UPSTREAM',
]);

/** Names that belong to other programs, although they begin with one of `OWN_WORDS`. */
const OF_OTHERS = new Set(['REFRESH_TOKEN']);

/**
 * The prefix of OpenTelemetry's own settings. Many of their names contain the same words, so shared words do not make a name a misspelling.
 * A name with this prefix is reported only if it differs from a known setting by typing mistakes.
 */
const OPENTELEMETRY = 'OTEL_';

/**
 * Matches the environment variables that Kubernetes sets for each service. Their names begin with the name of the service, which may be
 * anything.
 */
const OF_A_SERVICE = /_(?:SERVICE_HOST|SERVICE_PORT|PORT)(?:_|$)/;

/** Finds the environment variables that are not `settings` themselves but have a name similar to one of them. Letter case is ignored. */
export function findMisspelled(
  env: Readonly<Record<string, unknown>>,
  settings: readonly string[],
): readonly MisspelledSetting[] {
  const known = new Set(settings);
  return Object.keys(env).flatMap((name) => {
    if (known.has(name) || OF_A_SERVICE.test(name)) return [];
    const meant = meantBy(name.toUpperCase(), settings);
    return meant.length === 0 ? [] : [{ name, meant }];
  });
}

function meantBy(typed: string, settings: readonly string[]): readonly string[] {
  const similar = typed.startsWith(OPENTELEMETRY) ? [] : findWithSimilarWords(typed, settings);
  if (similar.length > 0) return similar;
  const nearest = findNearest(typed, settings);
  if (nearest !== undefined) return [nearest];
  const [word = ''] = typed.split('_', 1);
  if (!OWN_WORDS.has(word) || OF_OTHERS.has(typed)) return [];
  return settings.filter((setting) => `${setting}_`.startsWith(`${word}_`));
}

/** Finds the setting with the lowest typing cost (see `typingCost`). Returns `undefined` if this cost is too high for a typing mistake. */
function findNearest(typed: string, settings: readonly string[]): string | undefined {
  const comparable = settings.filter((setting) => Math.abs(setting.length - typed.length) <= MAX_LENGTH_DIFFERENCE);
  const costs = comparable.map((setting) => typingCost(typed, setting));
  const lowest = Math.min(...costs);
  return lowest <= Math.min(MAX_COST, COST_PER_CHARACTER * typed.length)
    ? comparable[costs.indexOf(lowest)]
    : undefined;
}
