import { typingCost } from '../typing-cost.ts';
import { findWithSimilarWords } from './similar-words.ts';

/** A name in the environment that is no setting but resembles one. */
export interface MisspelledSetting {
  readonly name: string;
  /** The settings that may have been meant, in most cases one. If no setting is similar, all settings that begin with the same word. */
  readonly meant: readonly string[];
}

/** Describes a misspelled setting in a sentence without its full stop. */
export const describeMisspelled = ({ name, meant }: MisspelledSetting): string =>
  `${name} is not a setting; it may mean ${meant.join(' or ')}`;

/** The maximum typing cost of a misspelled name for each of its characters. Short names resemble each other by chance. */
const COST_PER_CHARACTER = 0.2;
/** The maximum typing cost of a misspelled name. */
const MAX_COST = 2.5;

/**
 * The maximum difference between the lengths of a setting and its misspelling, in characters. Most pairs of names differ by more, so their
 * cost need not be computed.
 */
const MAX_LENGTH_DIFFERENCE = 4;

/** The first words that only the gateway's settings have. A name that begins with one of them probably belongs to no other program. */
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

/** The first word of OpenTelemetry's own settings. Their names have similar words, so only a typing mistake is recognised in them. */
const OPENTELEMETRY = 'OTEL_';

/** Matches the names of the variables that Kubernetes sets for each service. The service may have any name. */
const OF_A_SERVICE = /_(?:SERVICE_HOST|SERVICE_PORT|PORT)(?:_|$)/;

/** Finds the names in the environment that are none of the `settings` but resemble one, in upper or lower case. */
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

/** Finds the setting with the lowest typing cost, if this cost is low enough for a typing mistake. */
function findNearest(typed: string, settings: readonly string[]): string | undefined {
  const comparable = settings.filter((setting) => Math.abs(setting.length - typed.length) <= MAX_LENGTH_DIFFERENCE);
  const costs = comparable.map((setting) => typingCost(typed, setting));
  const lowest = Math.min(...costs);
  return lowest <= Math.min(MAX_COST, COST_PER_CHARACTER * typed.length)
    ? comparable[costs.indexOf(lowest)]
    : undefined;
}
