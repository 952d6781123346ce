/**
 * Returns `previous` if it is equal to `next` as JSON, otherwise `next`. The page computes and draws nothing again for an object that stays
 * the same.
 */
export function previousIfEqual<Value>(next: Value, previous: Value | null): Value {
  return previous !== null && JSON.stringify(previous) === JSON.stringify(next) ? previous : next;
}
