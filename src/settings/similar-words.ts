/** A name in upper case, divided into its words. */
type Words = readonly string[];

/** Decides whether a setting has words similar to those of a typed name. */
type Rule = (typed: Words, setting: Words) => boolean;

/** The rules by which a name can mean a setting, the most certain rule first. */
const RULES: readonly Rule[] = [
  equal,
  (typed, setting) => typed.length < setting.length && equal(typed, setting.slice(0, typed.length)),
  (typed, setting) => typed.length > 1 && isOneWordMore(setting, typed),
  (typed, setting) => setting.length > 1 && isOneWordMore(typed, setting),
  isOneWordOther,
  (typed, setting) => setting.length > 1 && equal(typed.slice(0, setting.length), setting),
];

/**
 * Finds the settings that have similar words as the name `typed`: the same words in other forms (`TRUSTED_PROXIES`), only the first words
 * (`RATE_LIMIT`), one word less (`CLIENT_KEYS`) or more, one other word after the first (`RUNPOD_API_TOKEN`), or further words at the end.
 * Only the settings of the first rule that finds any are returned. For each rule, exact words take precedence over their other forms.
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

/** Returns the words without the endings of the plural and the past tense. The result is only compared with other results. */
const stemsOf = (name: string): Words =>
  exactWordsOf(name).map((word) => word.replace(/IES$/, 'Y').replace(/(?:ED|S)$/, ''));

function equal(left: Words, right: Words): boolean {
  return left.length === right.length && left.every((word, index) => word === right[index]);
}

/** Whether `longer` is `shorter` with one more word anywhere. */
function isOneWordMore(longer: Words, shorter: Words): boolean {
  return longer.length === shorter.length + 1 && longer.some((_, index) => equal(longer.toSpliced(index, 1), shorter));
}

/** Whether two names of at least three words differ in one word, which is not the first. */
function isOneWordOther(left: Words, right: Words): boolean {
  if (left.length < 3 || left.length !== right.length || left[0] !== right[0]) return false;
  return left.filter((word, index) => word !== right[index]).length === 1;
}
