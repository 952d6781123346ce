/** A condition on a GPU type or a data center. */
export type SubjectCondition<T> = (subject: T) => boolean;

/** The condition that every GPU type and every data center meets. */
export const ANY = (): boolean => true;

/** The cached results of `narrow`, by condition and list. Only conditions that were registered with `share` have cached results. */
const narrowedBy = new Map<SubjectCondition<never>, WeakMap<object, unknown>>();

/** Registers a condition that many requests use, so that `narrow` caches its results. The registration is permanent. */
export function share<T>(condition: SubjectCondition<T>): SubjectCondition<T> {
  narrowedBy.set(condition, new WeakMap());
  return condition;
}

/** Combines conditions into one that requires all of them. */
export function allOf<T>(conditions: readonly SubjectCondition<T>[]): SubjectCondition<T> {
  const [only = ANY, ...others] = conditions;
  return others.length === 0 ? only : (subject) => conditions.every((condition) => condition(subject));
}

/**
 * Returns the elements of a list that meet a condition. If the condition is `ANY` or was registered with `share`, repeated calls with the
 * same list return the same array object. Rows are cached by the identity of this array.
 */
export function narrow<T>(list: readonly T[], condition: SubjectCondition<T>): readonly T[] {
  if (condition === ANY) return list;
  const narrowed = narrowedBy.get(condition);
  if (narrowed === undefined) return list.filter(condition);
  const left = (narrowed.get(list) as readonly T[] | undefined) ?? list.filter(condition);
  narrowed.set(list, left);
  return left;
}
