import { type ReadonlySignal, signal } from '@preact/signals';

/** Milliseconds since 1970, told every second from now on. */
export function startClock(): ReadonlySignal<number> {
  const now = signal(Date.now());
  setInterval(() => {
    now.value = Date.now();
  }, 1000);
  return now;
}
