import type { StreamPosition, Subscribe } from './subscribe.ts';

/**
 * The names of the locks; each open stream holds one. Over HTTP/1.1 a browser opens six connections to a host, and the board needs
 * the others for its queries.
 */
const SLOTS = ['board-stream:1', 'board-stream:2', 'board-stream:3'];

/** A subscription without a slot after this time, in milliseconds, is reported as closed until it gets one. */
const WAIT_MS = 1000;

/**
 * Limits `subscribe` to three streams in all tabs of the browser. Each further subscription is reported as closed and waits until
 * one of the three ends. If the browser refuses locks, there is no limit.
 */
export function limitStreams(subscribe: Subscribe, locks: LockManager): Subscribe {
  return (gpuCount, listener, position) => {
    const waiting = new AbortController();
    const stopping = new AbortController();
    let from: StreamPosition | undefined = position;
    const timer = setTimeout(() => {
      // Changes until there is a slot are missed, so the stream must not continue from the first read.
      from ??= { lastEventId: null };
      listener.onClosed();
    }, WAIT_MS);

    /** Opens the stream; resolves when it is closed. */
    async function open(): Promise<void> {
      // Several slots may become free at once, or one while the subscription ends.
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
