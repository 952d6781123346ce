import type { StreamPosition, Subscribe } from './subscribe.ts';

/**
 * The names of the Web Locks that limit the number of open streams: each open stream holds one lock. Over HTTP/1.1 a browser opens at most
 * six connections to a host. Three of them stay free for the board's queries.
 */
const SLOTS = ['board-stream:1', 'board-stream:2', 'board-stream:3'];

/**
 * After this many milliseconds, a subscription that waits for a lock calls `onClosed` of its listener, because it receives no events. It
 * keeps waiting.
 */
const WAIT_MS = 1000;

/**
 * Limits `subscribe` to three open streams in all tabs of the browser together. Each further subscription calls `onClosed` of its listener,
 * and waits until one of the three streams ends. If the browser refuses locks, there is no limit.
 */
export function limitStreams(subscribe: Subscribe, locks: LockManager): Subscribe {
  return (gpuCount, listener, position) => {
    const waiting = new AbortController();
    const stopping = new AbortController();
    let from: StreamPosition | undefined = position;
    const timer = setTimeout(() => {
      // A new subscription has no position, so its stream would not call `onMissed` when it opens. But cells may change after the board's
      // first read, while the subscription still waits for a free stream. With `lastEventId: null`, the stream calls `onMissed` when it
      // opens, so that the board reads again.
      from ??= { lastEventId: null };
      listener.onClosed();
    }, WAIT_MS);

    /** Opens the stream. Resolves when the stream is closed, which releases its lock. */
    async function open(): Promise<void> {
      // The browser may grant several locks at the same moment, or a lock just when the subscription ends. Returning releases the unneeded
      // lock.
      if (waiting.signal.aborted) return;
      waiting.abort();
      clearTimeout(timer);
      const close = subscribe(gpuCount, listener, from);
      await new Promise((resolve) => {
        stopping.signal.addEventListener('abort', resolve);
      });
      close();
    }

    for (const slot of SLOTS) locks.request(slot, { signal: waiting.signal }, open).catch(open);
    return () => {
      clearTimeout(timer);
      waiting.abort();
      stopping.abort();
    };
  };
}
