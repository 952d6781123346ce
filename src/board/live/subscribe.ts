import { type Client, createClient } from 'graphql-sse';
import { createPause } from '../gateway/pause.ts';
import { persistedQueryOf } from '../gateway/persisted-query.ts';
import { retryDelayMs } from '../gateway/retry-delay.ts';
import { BoardChangesDocument, type BoardChangesSubscription } from '../graphql/graphql.ts';
import { fetchStream } from './fetch-stream.ts';

/** A change of one cell. */
export type Change = BoardChangesSubscription['gpuAvailabilityChanged'];

/** What becomes of a subscription. */
export interface StreamListener {
  /** The stream is open: changes come by themselves. */
  onOpen(): void;
  onChange(change: Change): void;
  /** The stream has ended, or could not be had; it is tried again. What was known may have changed since. */
  onClosed(): void;
  /** Changes may have been missed that cannot be had any more. */
  onMissed(): void;
}

/** A refusal comes in the stream, right after it has opened; one that lasts longer than this is open indeed. */
const SETTLED_MS = 300;

/** How a stream ended: since it is not known any more what came after the last event, or otherwise. */
type End = 'missed' | 'broken';

/** How far a subscription has come in the events. */
export interface StreamPosition {
  /** Null when it has had no event yet. */
  readonly lastEventId: string | null;
}

/**
 * Subscribes to the changes of all cells for pods of `gpuCount` GPUs; returns how to stop. With a position it continues an earlier
 * subscription, without one it begins a new one.
 */
export type Subscribe = (gpuCount: number, listener: StreamListener, position?: StreamPosition) => () => void;

/**
 * Subscribes at `url` by server-sent events. The library's retries would repeat a request to the letter, but each of ours asks
 * for what came after the last event; so it retries nothing.
 */
export function createSubscribe(url: string, headers: () => Record<string, string>): Subscribe {
  const client = createClient({ url, headers, retryAttempts: 0, fetchFn: fetchStream });
  return (gpuCount, listener, position) => {
    const stopping = new AbortController();
    void keepSubscribed(client, { gpuCount, position }, listener, stopping.signal);
    return () => stopping.abort();
  };
}

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
  let isFirst = position === undefined;
  const onChange = (change: Change) => {
    lastEventId = change.id;
    listener.onChange(change);
  };
  while (!signal.aborted) {
    const asked: string | null = lastEventId;
    const onOpen = () => {
      failures = 0;
      listener.onOpen();
      if (asked === null && !isFirst) listener.onMissed();
      isFirst = false;
    };
    const end = await subscribeOnce(client, { gpuCount, lastEventId: asked }, { onOpen, onChange }, signal);
    if (signal.aborted) return;
    if (end === 'missed' && asked !== null) {
      lastEventId = null;
      continue;
    }
    isFirst = false;
    listener.onClosed();
    failures += 1;
    await pause.wait(retryDelayMs(failures, Math.random()));
  }
}

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
