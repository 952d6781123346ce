import { type ReadonlySignal, signal } from '@preact/signals';

/** Starts a clock. Returns a signal with the time in milliseconds since 1970, which is updated every second. */
export function startClock(): ReadonlySignal<number> {
  const now = signal(Date.now());
  setInterval(() => {
    now.value = Date.now();
  }, 1000);
  return now;
}
