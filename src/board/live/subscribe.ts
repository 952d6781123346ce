import { type Client, createClient } from 'graphql-sse';
import { createPause } from '../gateway/pause.ts';
import { persistedQueryOf } from '../gateway/persisted-query.ts';
import { retryDelayMs } from '../gateway/retry-delay.ts';
import { BoardChangesDocument, type BoardChangesSubscription } from '../graphql/graphql.ts';
import { fetchStream } from './fetch-stream.ts';

/** A change of one cell. */
export type Change = BoardChangesSubscription['gpuAvailabilityChanged'];

/** Receives the events of a subscription. */
export interface StreamListener {
  /** The stream is open. */
  onOpen(): void;
  onChange(change: Change): void;
  /** The stream has ended or could not be opened. It is opened again after a delay, and changes until then may be missed. */
  onClosed(): void;
  /** Changes may have been missed, and the gateway cannot send them again. */
  onMissed(): void;
}

/**
 * How long a stream must last to count as open, in milliseconds. The gateway opens a stream even for a subscription that it rejects, and
 * sends the error right after that.
 */
const SETTLED_MS = 300;

/** How a stream ended: `missed` if the gateway no longer has the events that follow the last one received, otherwise `broken`. */
type End = 'missed' | 'broken';

/** How far a subscription has come in the sequence of events. */
export interface StreamPosition {
  /** The id of the last event received; null before the first event. */
  readonly lastEventId: string | null;
}

/**
 * Subscribes to the changes of all cells for pods of `gpuCount` GPUs. With a position, the subscription continues an earlier one from
 * there. Without a position, it begins a new one. Returns a function that ends the subscription.
 */
export type Subscribe = (gpuCount: number, listener: StreamListener, position?: StreamPosition) => () => void;

/**
 * Returns a function that subscribes at `url` by server-sent events. The retries of the library are turned off, because they repeat the
 * same request, but a retry has to name the last event received.
 */
export function createSubscribe(url: string, headers: () => Record<string, string>): Subscribe {
  const client = createClient({ url, headers, retryAttempts: 0, fetchFn: fetchStream });
  return (gpuCount, listener, position) => {
    const stopping = new AbortController();
    void keepSubscribed(client, { gpuCount, position }, listener, stopping.signal);
    return () => stopping.abort();
  };
}

/** Keeps a stream open until `signal` is aborted. Each new stream continues after the last event received. */
async function keepSubscribed(
  client: Client,
  { gpuCount, position }: { readonly gpuCount: number; readonly position: StreamPosition | undefined },
  listener: StreamListener,
  signal: AbortSignal,
) {
  const pause = createPause();
  signal.addEventListener('abort', pause.end);
  let lastEventId = position?.lastEventId ?? null;
  let failures = 0;
  /** Whether the board's first read of the cells includes every change that is made before the stream opens, so that none is missed. */
  let isFirst = position === undefined;
  const onChange = (change: Change) => {
    lastEventId = change.id;
    listener.onChange(change);
  };
  while (!signal.aborted) {
    const resumeAfter: string | null = lastEventId;
    const onOpen = () => {
      failures = 0;
      listener.onOpen();
      if (resumeAfter === null && !isFirst) listener.onMissed();
      isFirst = false;
    };
    const end = await subscribeOnce(client, { gpuCount, lastEventId: resumeAfter }, { onOpen, onChange }, signal);
    if (signal.aborted) return;
    if (end === 'missed' && resumeAfter !== null) {
      lastEventId = null;
      continue;
    }
    isFirst = false;
    listener.onClosed();
    failures += 1;
    await pause.wait(retryDelayMs(failures, Math.random()));
  }
}

/** Opens one stream. Resolves when the stream has ended. */
function subscribeOnce(
  client: Client,
  variables: { readonly gpuCount: number; readonly lastEventId: string | null },
  { onOpen, onChange }: Pick<StreamListener, 'onOpen' | 'onChange'>,
  signal: AbortSignal,
): Promise<End> {
  return new Promise((resolve) => {
    let end: End = 'broken';
    let settling: ReturnType<typeof setTimeout> | undefined;
    const finish = () => {
      clearTimeout(settling);
      signal.removeEventListener('abort', stop);
      resolve(end);
    };
    const request = { query: '', ...persistedQueryOf(BoardChangesDocument), variables };
    const stop = client.subscribe<BoardChangesSubscription>(
      request,
      {
        next({ data, errors }) {
          if (errors?.some(({ extensions }) => extensions?.['code'] === 'EVENTS_MISSED') === true) end = 'missed';
          else if (data != null) onChange(data.gpuAvailabilityChanged);
        },
        error: finish,
        complete: finish,
      },
      {
        connected() {
          settling = setTimeout(onOpen, SETTLED_MS);
        },
      },
    );
    signal.addEventListener('abort', stop);
  });
}
