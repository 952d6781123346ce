import { setTimeout as wait } from 'node:timers/promises';
import { print } from 'graphql';
import { createClient, NetworkError, type RequestParams } from 'graphql-sse';
import { WatchDocument, type WatchSubscription, type WatchSubscriptionVariables } from './operations.generated.ts';
import { AnswerError } from './typed-fetch.ts';

/** An event, or 'missed' if earlier events may be lost. In that case query everything again. */
export type WatchEvent = WatchSubscription['gpuAvailabilityChanged'] | 'missed';

/** How long to wait before reconnecting, in milliseconds. */
const RECONNECT_AFTER_MS = 1000;

/**
 * Yields events as they happen, over server-sent events. If the connection breaks, it subscribes again and continues after the last
 * received event. If it cannot continue there, it yields 'missed' as soon as the new subscription is open.
 * @throws {AnswerError} when the gateway refuses the subscription.
 */
export async function* watch(
  url: string,
  variables: Omit<WatchSubscriptionVariables, 'lastEventId'>,
): AsyncGenerator<WatchEvent> {
  let lastEventId: string | null = null;
  for (let isFirst = true; ; isFirst = false) {
    let opened = () => {};
    const isOpen = new Promise<void>((resolve) => {
      opened = resolve;
    });
    const client = createClient({ url, retryAttempts: 0, on: { connected: opened } });
    const request: RequestParams = { query: print(WatchDocument), variables: { ...variables, lastEventId } };
    const events = client.iterate<WatchSubscription>(request);
    try {
      let next = events.next();
      // Events before this subscription may be lost. The caller is not informed until the subscription is open. If the caller then sends a
      // query, it misses no later event.
      if (!isFirst && lastEventId === null) {
        await Promise.race([isOpen, next]);
        yield 'missed';
      }
      for (let event = await next; event.done !== true; event = await next) {
        const { data, errors } = event.value;
        const error = errors?.[0];
        const code = String(error?.extensions?.['code']);
        if (code === 'EVENTS_MISSED') lastEventId = null;
        else if (error !== undefined) throw new AnswerError({ message: error.message, extensions: { code } });
        next = events.next();
        if (data == null) continue;
        lastEventId = data.gpuAvailabilityChanged.id;
        yield data.gpuAvailabilityChanged;
      }
    } catch (error) {
      if (error instanceof AnswerError || isRefusal(error)) throw error;
      // The connection has broken, so the loop subscribes again.
    } finally {
      await events.return?.();
    }
    await wait(RECONNECT_AFTER_MS);
  }
}

/** Whether the gateway refused the request, for example because of its key. Trying again would not help. */
function isRefusal(error: unknown): boolean {
  const { status = 0 } = (error instanceof NetworkError && error.response) || {};
  return status >= 400 && status < 500;
}
