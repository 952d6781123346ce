import { type ReadonlySignal, signal } from '@preact/signals';

/** Starts a clock that is updated every second, in milliseconds since 1970. */
export function startClock(): ReadonlySignal<number> {
  const now = signal(Date.now());
  setInterval(() => {
    now.value = Date.now();
  }, 1000);
  return now;
}
