import type { ReadonlySignal } from '@preact/signals';

/** Calls `react` whenever the value of `source` changes, but not for its initial value. */
export function onChange<Value>(source: ReadonlySignal<Value>, react: () => void): void {
  let isFirst = true;
  source.subscribe(() => {
    if (!isFirst) react();
    isFirst = false;
  });
}
