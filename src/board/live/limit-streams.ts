import type { StreamPosition, Subscribe } from './subscribe.ts';

/**
 * The names of the locks that serve as slots: each open stream holds one lock. Over HTTP/1.1 a browser opens at most six connections to a
 * host. The board needs the other three for its queries.
 */
const SLOTS = ['board-stream:1', 'board-stream:2', 'board-stream:3'];

/** A subscription without a slot is reported as closed after this many milliseconds. It continues to wait for a slot. */
const WAIT_MS = 1000;

/**
 * Limits `subscribe` to three open streams in all tabs of the browser together. Each further subscription is reported as closed, and waits
 * until one of the three streams ends. If the browser refuses locks, there is no limit.
 */
export function limitStreams(subscribe: Subscribe, locks: LockManager): Subscribe {
  return (gpuCount, listener, position) => {
    const waiting = new AbortController();
    const stopping = new AbortController();
    let from: StreamPosition | undefined = position;
    const timer = setTimeout(() => {
      // A new subscription misses the changes until it has a slot, and the board's first read does not cover them. A position without an
      // event makes the stream report missed changes when it opens.
      from ??= { lastEventId: null };
      listener.onClosed();
    }, WAIT_MS);

    /** Opens the stream. Resolves when the stream is closed, which frees its slot. */
    async function open(): Promise<void> {
      // The browser may grant several slots at the same moment, or a slot just when the subscription ends.
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
