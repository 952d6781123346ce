/**
 * The cost of a letter that is missing in the typed name. It is lower than the cost of an added letter, because people omit letters more
 * often than they add them.
 */
const LEFT_OUT = 0.9;
/**
 * The cost of an added letter. Because an added letter is a typical typing mistake, it serves as the unit in which all other costs are
 * expressed.
 */
const ADDED = 1;
/** The cost of a letter that was typed twice. */
const TYPED_TWICE = 0.8;
/** The cost of two neighboring letters that were typed in the wrong order. */
const SWAPPED = 0.8;
/** The cost of a wrong letter. */
const OTHER = 1.1;
/**
 * The cost of a wrong digit. It is higher than the cost of a wrong letter, because a wrong digit usually means another product, not a
 * typing mistake.
 */
const OTHER_DIGIT = 1.5;

/** The cost of omitting letters at the beginning or the end of a name, such as 'RTX' in 'RTX 4090' or 'PCIe' in 'H100 PCIe'. */
const leftOutAtAnEnd = (letters: number): number => 0.25 * letters;

/**
 * The cost of extra letters before or after a name. The first extra letter costs as much as an added letter. Each further letter costs
 * less, because it usually belongs to the same word.
 */
const addedAtAnEnd = (letters: number): number => (letters === 0 ? 0 : ADDED + 0.4 * (letters - 1));

/**
 * Returns how far `typed` is from `name`: 0 for equal texts, and about 1 for each typing mistake. It is a weighted Damerau-Levenshtein
 * distance, which counts the swap of two neighboring letters as one mistake. The time is proportional to `typed.length` × `name.length`.
 */
export function typingCost(typed: string, name: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: name.length + 1 }, (_, letters) => leftOutAtAnEnd(letters));
  let lowest = at(last, name.length) + addedAtAnEnd(typed.length);
  for (let i = 1; i <= typed.length; i += 1) {
    const letter = typed.charCodeAt(i - 1);
    const previous = typed.charCodeAt(i - 2);
    const added = letter === previous ? TYPED_TWICE : ADDED;
    const row = [addedAtAnEnd(i)];
    for (let j = 1; j <= name.length; j += 1) {
      const meant = name.charCodeAt(j - 1);
      let cost = Math.min(at(row, j - 1) + LEFT_OUT, at(last, j) + added, at(last, j - 1) + costOfOther(letter, meant));
      if (previous === meant && letter === name.charCodeAt(j - 2)) {
        cost = Math.min(cost, at(beforeLast, j - 2) + SWAPPED);
      }
      row.push(cost);
    }
    lowest = Math.min(lowest, at(row, name.length) + addedAtAnEnd(typed.length - i));
    beforeLast = last;
    last = row;
  }
  return Math.min(lowest, ...last.map((cost, j) => cost + leftOutAtAnEnd(name.length - j)));
}

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY;

/** The cost of typing one UTF-16 code unit in place of another. */
function costOfOther(typed: number, meant: number): number {
  if (typed === meant) return 0;
  return isDigit(typed) && isDigit(meant) ? OTHER_DIGIT : OTHER;
}

const isDigit = (code: number): boolean => code >= ZERO && code <= NINE;
const ZERO = 0x30;
const NINE = 0x39;
