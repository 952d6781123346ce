/** A condition on a GPU type or a data center. */
export type SubjectCondition<T> = (subject: T) => boolean;

/** The condition that every subject meets. */
export const ANY = (): boolean => true;

/** The shared conditions, each with the lists that it has narrowed and the results. */
const narrowedBy = new Map<SubjectCondition<never>, WeakMap<object, unknown>>();

/** Registers a condition that all requests share, so that `narrow` remembers its results. The registration is permanent. */
export function share<T>(condition: SubjectCondition<T>): SubjectCondition<T> {
  narrowedBy.set(condition, new WeakMap());
  return condition;
}

/** Returns the condition that a subject meets all of these conditions. */
export function allOf<T>(conditions: readonly SubjectCondition<T>[]): SubjectCondition<T> {
  const [only = ANY, ...others] = conditions;
  return others.length === 0 ? only : (subject) => conditions.every((condition) => condition(subject));
}

/**
 * Returns the subjects in a list that meet a condition. For `ANY` and for shared conditions, the same list yields the same result by
 * identity, which is the key under which rows are remembered.
 */
export function narrow<T>(list: readonly T[], condition: SubjectCondition<T>): readonly T[] {
  if (condition === ANY) return list;
  const narrowed = narrowedBy.get(condition);
  if (narrowed === undefined) return list.filter(condition);
  const left = (narrowed.get(list) as readonly T[] | undefined) ?? list.filter(condition);
  narrowed.set(list, left);
  return left;
}
