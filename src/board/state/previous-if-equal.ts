/** Returns `previous` if it is equal to `next` as JSON, otherwise `next`. The page does not redraw what depends on an unchanged object. */
export function previousIfEqual<Value>(next: Value, previous: Value | null): Value {
  return previous !== null && JSON.stringify(previous) === JSON.stringify(next) ? previous : next;
}
