import { setTimeout as wait } from 'node:timers/promises';
import { print } from 'graphql';
import { createClient, type RequestParams } from 'graphql-sse';
import { WatchDocument, type WatchSubscription, type WatchSubscriptionVariables } from './operations.generated.ts';
import { AnswerError } from './typed-fetch.ts';

/** A change, or that some may have been missed: read anew then. */
export type Heard = WatchSubscription['gpuAvailabilityChanged'] | 'missed';

const AGAIN_AFTER_MS = 1000;

/**
 * Changes as they happen, over server-sent events. After a break it goes on where it was, or says that it cannot.
 * @throws {AnswerError} when the gateway refuses the subscription.
 */
export async function* watch(
  url: string,
  variables: Omit<WatchSubscriptionVariables, 'lastEventId'>,
): AsyncGenerator<Heard> {
  const client = createClient({ url, retryAttempts: 0 });
  let lastEventId: string | null = null;
  let isFirst = true;
  for (;;) {
    // What happened while nobody listened is not known.
    if (!isFirst && lastEventId === null) yield 'missed';
    isFirst = false;
    try {
      const request: RequestParams = { query: print(WatchDocument), variables: { ...variables, lastEventId } };
      for await (const { data, errors } of client.iterate<WatchSubscription>(request)) {
        const error = errors?.[0];
        const code = String(error?.extensions?.['code']);
        if (code === 'EVENTS_MISSED') lastEventId = null;
        else if (error !== undefined) throw new AnswerError({ message: error.message, extensions: { code } });
        if (data == null) continue;
        lastEventId = data.gpuAvailabilityChanged.id;
        yield data.gpuAvailabilityChanged;
      }
    } catch (error) {
      if (error instanceof AnswerError) throw error;
      // The connection broke.
    }
    await wait(AGAIN_AFTER_MS);
  }
}
