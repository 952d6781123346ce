/** A condition on a GPU type or a data center. */
export type SubjectCondition<T> = (subject: T) => boolean;

/** The condition that everything meets. */
export const ANY = (): boolean => true;

/** Conditions that are the same function for all requests, and what each leaves of a list. */
const narrowedBy = new Map<SubjectCondition<never>, WeakMap<object, unknown>>();

/** Registers a condition that all requests share, so that `narrow` remembers what it leaves of a list. Never forgotten. */
export function share<T>(condition: SubjectCondition<T>): SubjectCondition<T> {
  narrowedBy.set(condition, new WeakMap());
  return condition;
}

/** The condition that a subject meets when it meets each of these. */
export function allOf<T>(conditions: readonly SubjectCondition<T>[]): SubjectCondition<T> {
  const [only = ANY, ...others] = conditions;
  return others.length === 0 ? only : (subject) => conditions.every((condition) => condition(subject));
}

/**
 * What `condition` leaves of a list. For `ANY` and shared conditions, the same list gives the same result, so that rows that were made
 * for it are found again.
 */
export function narrow<T>(list: readonly T[], condition: SubjectCondition<T>): readonly T[] {
  if (condition === ANY) return list;
  const narrowed = narrowedBy.get(condition);
  if (narrowed === undefined) return list.filter(condition);
  const left = (narrowed.get(list) as readonly T[] | undefined) ?? list.filter(condition);
  narrowed.set(list, left);
  return left;
}
