import type { ReadonlySignal } from '@preact/signals';

/** Calls `react` whenever the value changes, but not for the first value. */
export function onChange<Value>(source: ReadonlySignal<Value>, react: () => void): void {
  let isFirst = true;
  source.subscribe(() => {
    if (!isFirst) react();
    isFirst = false;
  });
}
