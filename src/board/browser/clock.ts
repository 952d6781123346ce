import { type ReadonlySignal, signal } from '@preact/signals';

/** Starts a clock and returns its time in milliseconds since 1970. The time is updated every second. */
export function startClock(): ReadonlySignal<number> {
  const now = signal(Date.now());
  setInterval(() => {
    now.value = Date.now();
  }, 1000);
  return now;
}
