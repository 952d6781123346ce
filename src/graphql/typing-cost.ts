/** What one difference costs, in typing mistakes. People leave out more than they add. */
const LEFT_OUT = 0.9;
const ADDED = 1;
const TYPED_TWICE = 0.8;
const SWAPPED = 0.8;
const OTHER = 1.1;
/** Two numbers are rarely meant to be the same. */
const OTHER_DIGIT = 1.5;

/** A beginning or an end of a name that was left out: 'RTX' of 'RTX 4090', 'PCIe' of 'H100 PCIe'. */
const leftOutAtAnEnd = (letters: number): number => 0.25 * letters;

/** Words before or after a name: the first letter may be a mistake, and the rest comes with it. */
const addedAtAnEnd = (letters: number): number => (letters === 0 ? 0 : ADDED + 0.4 * (letters - 1));

/**
 * How unlikely it is that someone who typed `typed` meant `name`: 0 for the same text, about 1 for each typing mistake. This is the
 * Damerau-Levenshtein distance with swaps of neighbors, weighted. Takes time in proportion to `typed.length` × `name.length`.
 */
export function typingCost(typed: string, name: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: name.length + 1 }, (_, letters) => leftOutAtAnEnd(letters));
  let lowest = at(last, name.length) + addedAtAnEnd(typed.length);
  for (let i = 1; i <= typed.length; i += 1) {
    const row = [addedAtAnEnd(i)];
    const added = typed[i - 1] === typed[i - 2] ? TYPED_TWICE : ADDED;
    for (let j = 1; j <= name.length; j += 1) {
      const isSwapped = typed[i - 1] === name[j - 2] && typed[i - 2] === name[j - 1];
      row[j] = Math.min(
        at(row, j - 1) + LEFT_OUT,
        at(last, j) + added,
        at(last, j - 1) + costOfOther(typed[i - 1], name[j - 1]),
        isSwapped ? at(beforeLast, j - 2) + SWAPPED : Number.POSITIVE_INFINITY,
      );
    }
    lowest = Math.min(lowest, at(row, name.length) + addedAtAnEnd(typed.length - i));
    beforeLast = last;
    last = row;
  }
  return Math.min(lowest, ...last.map((cost, j) => cost + leftOutAtAnEnd(name.length - j)));
}

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY;

function costOfOther(typed = '', meant = ''): number {
  if (typed === meant) return 0;
  return isDigit(typed) && isDigit(meant) ? OTHER_DIGIT : OTHER;
}

const isDigit = (letter: string): boolean => letter >= '0' && letter <= '9';
