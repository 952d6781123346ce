import { InvalidArgumentError } from '../../domain/errors.ts';
import { fold, quote } from '../names.ts';
import type { SubjectCondition } from './subject-condition.ts';

interface Identified {
  readonly id: string;
}

/** The rows of a list by id, and by id in any case. */
interface Index {
  readonly exact: ReadonlySet<string>;
  /** Ids that differ only by case share an entry. */
  readonly folded: ReadonlyMap<string, readonly string[]>;
}

const indexes = new WeakMap<readonly Identified[], Index>();

/**
 * The id in `all` that a client means: the same one, else the one that differs only by case and by white space around it; `undefined`
 * when there is none.
 * @throws {InvalidArgumentError} when several ids differ from it only so.
 */
export function findId(id: string, all: readonly Identified[]): string | undefined {
  const { exact, folded } = indexOf(all);
  if (exact.has(id)) return id;
  const [found, ...others] = folded.get(fold(id)) ?? [];
  if (found === undefined || others.length === 0) return found;
  const ids = [found, ...others].map((other) => `'${other}'`).join(', ');
  throw new InvalidArgumentError(`More than one id is ${quote(id)} in another case: ${ids}.`);
}

/** Throws what `refusal` returns for the first id that is not known. */
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

/** Built once for each list. */
function indexOf(all: readonly Identified[]): Index {
  const known = indexes.get(all);
  if (known !== undefined) return known;
  const folded = new Map<string, string[]>();
  for (const { id } of all) folded.set(fold(id), [...(folded.get(fold(id)) ?? []), id]);
  const index = { exact: new Set(all.map(({ id }) => id)), folded };
  indexes.set(all, index);
  return index;
}
