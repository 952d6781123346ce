import { InvalidArgumentError } from '../../domain/errors.ts';
import { fold, quote } from '../names.ts';
import type { SubjectCondition } from './subject-condition.ts';

interface Identified {
  readonly id: string;
}

/** The ids of a list, for case-sensitive and case-insensitive lookup. */
interface Index {
  readonly exact: ReadonlySet<string>;
  /** The ids by their form in lower case. Ids that differ only in letter case share an entry. */
  readonly folded: ReadonlyMap<string, readonly string[]>;
}

const indexes = new WeakMap<readonly Identified[], Index>();

/**
 * Finds the id in `all` that a client means: exactly `id`, or else an id that differs from it only in letter case and surrounding white
 * space. Returns `undefined` if no id matches.
 * @throws {InvalidArgumentError} if `id` itself is not in `all`, but several ids match.
 */
export function findId(id: string, all: readonly Identified[]): string | undefined {
  const { exact, folded } = indexOf(all);
  if (exact.has(id)) return id;
  const [found, ...others] = folded.get(fold(id)) ?? [];
  if (found === undefined || others.length === 0) return found;
  const ids = [found, ...others].map((other) => `'${other}'`).join(', ');
  throw new InvalidArgumentError(
    `More than one id matches ${quote(id)} in another letter case. Use one of these ids: ${ids}.`,
  );
}

/**
 * Returns a condition that is met if the id of a GPU type or data center is among `ids`. If an id in `ids` is not in `all`, throws the
 * error that `refusal` returns for it.
 */
export function isOneOf<T extends { readonly id: string }>(
  ids: readonly string[],
  all: readonly T[],
  refusal: (id: string, all: readonly T[]) => Error,
): SubjectCondition<T> {
  const wanted = new Set<string>();
  for (const id of ids) {
    const found = findId(id, all);
    if (found === undefined) throw refusal(id, all);
    wanted.add(found);
  }
  return ({ id }) => wanted.has(id);
}

/** Returns the lookup tables of a list. They are created only once for each list (by identity). */
function indexOf(all: readonly Identified[]): Index {
  const known = indexes.get(all);
  if (known !== undefined) return known;
  const folded = new Map<string, string[]>();
  for (const { id } of all) folded.set(fold(id), [...(folded.get(fold(id)) ?? []), id]);
  const index = { exact: new Set(all.map(({ id }) => id)), folded };
  indexes.set(all, index);
  return index;
}
