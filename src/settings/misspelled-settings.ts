import { typingCost } from '../typing-cost.ts';

/** A name in the environment that is no setting but resembles one. */
export interface MisspelledSetting {
  readonly name: string;
  /** The setting that was probably meant. If no setting is that similar, all settings that begin with the same word. */
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
const OWN_WORDS = new Set(['DISCOVERY', 'FRESH', 'PERSISTED', 'STALE', 'UPSTREAM']);

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
  const comparable = settings.filter((setting) => Math.abs(setting.length - typed.length) <= MAX_LENGTH_DIFFERENCE);
  const costs = comparable.map((setting) => typingCost(typed, setting));
  const lowest = Math.min(...costs);
  const nearest = comparable[costs.indexOf(lowest)];
  const isNear = lowest <= Math.min(MAX_COST, COST_PER_CHARACTER * typed.length);
  if (isNear && nearest !== undefined) return [nearest];
  const [word = ''] = typed.split('_', 1);
  return OWN_WORDS.has(word) ? settings.filter((setting) => setting.startsWith(`${word}_`)) : [];
}
