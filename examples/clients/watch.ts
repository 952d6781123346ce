import { setTimeout as wait } from 'node:timers/promises';
import { print } from 'graphql';
import { createClient, NetworkError, type RequestParams } from 'graphql-sse';
import { WatchDocument, type WatchSubscription, type WatchSubscriptionVariables } from './operations.generated.ts';
import { AnswerError } from './typed-fetch.ts';

/** A change, or that some may have been missed: read anew then. */
export type Heard = WatchSubscription['gpuAvailabilityChanged'] | 'missed';

const AGAIN_AFTER_MS = 1000;

/**
 * Changes as they happen, over server-sent events. After a break it goes on where it was, or says 'missed' once it listens again.
 * @throws {AnswerError} when the gateway refuses the subscription.
 */
export async function* watch(
  url: string,
  variables: Omit<WatchSubscriptionVariables, 'lastEventId'>,
): AsyncGenerator<Heard> {
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
      // What happened while nobody listened is not known. Who reads now that somebody does misses nothing.
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
      // The connection broke.
    } finally {
      await events.return?.();
    }
    await wait(AGAIN_AFTER_MS);
  }
}

/** The gateway wants a key, or does not understand: asking again would change nothing. */
function isRefusal(error: unknown): boolean {
  const { status = 0 } = (error instanceof NetworkError && error.response) || {};
  return status >= 400 && status < 500;
}
