/** A name in upper case, divided into its words. */
type Words = readonly string[];

/** Decides whether the words of a setting are similar to the words of a typed name. */
type Rule = (typed: Words, setting: Words) => boolean;

/** The rules by which a typed name can match a setting, the most certain rule first. */
const RULES: readonly Rule[] = [
  equal,
  (typed, setting) => typed.length < setting.length && equal(typed, setting.slice(0, typed.length)),
  (typed, setting) => typed.length > 1 && isOneWordMore(setting, typed),
  (typed, setting) => setting.length > 1 && isOneWordMore(typed, setting),
  isOneWordOther,
  (typed, setting) => setting.length > 1 && equal(typed.slice(0, setting.length), setting),
];

/**
 * Finds the settings whose words are similar to the words of the name `typed`. Tries one rule after another, and returns the settings that
 * the first matching rule finds. The rules are: `typed` has the same words as the setting, in other forms (`TRUSTED_PROXIES`); it has only
 * the first words (`RATE_LIMIT`); it has one word fewer (`CLIENT_KEYS`) or one word more; one word after the first is different
 * (`RUNPOD_API_TOKEN`); it has additional words at the end. Each rule first compares the exact words, and then the words without their
 * endings.
 */
export function findWithSimilarWords(typed: string, settings: readonly string[]): readonly string[] {
  for (const rule of RULES) {
    for (const wordsOf of [exactWordsOf, stemsOf]) {
      const words = wordsOf(typed);
      const found = settings.filter((setting) => rule(words, wordsOf(setting)));
      if (found.length > 0) return found;
    }
  }
  return [];
}

const exactWordsOf = (name: string): Words => name.split('_');

/**
 * Returns the words of a name without the endings of the plural and the past tense. The results need not be real words, because they are
 * only compared with each other.
 */
const stemsOf = (name: string): Words =>
  exactWordsOf(name).map((word) => word.replace(/IES$/, 'Y').replace(/(?:ED|S)$/, ''));

function equal(left: Words, right: Words): boolean {
  return left.length === right.length && left.every((word, index) => word === right[index]);
}

/** Whether `longer` has the words of `shorter` and one more word, at any position. */
function isOneWordMore(longer: Words, shorter: Words): boolean {
  return longer.length === shorter.length + 1 && longer.some((_, index) => equal(longer.toSpliced(index, 1), shorter));
}

/** Whether two names of at least three words differ in exactly one word, which is not the first word. */
function isOneWordOther(left: Words, right: Words): boolean {
  if (left.length < 3 || left.length !== right.length || left[0] !== right[0]) return false;
  return left.filter((word, index) => word !== right[index]).length === 1;
}
