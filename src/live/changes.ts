import type { Change } from '../domain/change.ts';
import type { Client } from '../domain/client.ts';
import { EventsMissedError, TooManySubscriptionsError } from '../domain/errors.ts';
import type { GpuType } from '../domain/gpu-type.ts';
import { Feed } from './feed.ts';
import type { Journal, Tell } from './journal.ts';

/** What a subscriber wants to hear of: some GPU types, for pods of one size. */
export interface Wish {
  readonly ofGpuType: (gpuType: GpuType) => boolean;
  readonly gpuCount: number;
  /** The clients that the first answers are charged to. */
  readonly payers: readonly Client[];
}

/** A subscriber. */
export interface Subscription extends Wish {
  /** Whether to send a change, of those wished for. */
  readonly wants: (change: Change) => boolean;
  /** Of the last change that was received; `null` to begin now. */
  readonly lastEventId: string | null;
  /** Names what is wished for now, as far as it costs the source requests of its own. */
  readonly keys: readonly string[];
  /** Who subscribes; `null` for one whose subscriptions are counted with those of nobody else. */
  readonly client: string | null;
  /** Aborted when the subscriber has left. */
  readonly signal: AbortSignal;
  /** Called when the subscriber reads too slowly and is dropped. */
  readonly onOverflow: () => void;
}

/** What is needed to tell of changes. */
export interface ChangesOptions {
  /** Makes the journal that finds the changes, and tells them. */
  readonly keepJournal: (tell: Tell) => Journal;
  /** Subscriptions at a time, of all clients and of one. */
  readonly maxSubscriptions: number;
  readonly maxSubscriptionsPerClient: number;
  /** Keys that one client may have wished for. */
  readonly maxKeysPerClient: number;
  /** Told of each change. */
  readonly onChange: (change: Change) => void;
  /** Told of each subscription that has begun. */
  readonly onSubscribe: () => void;
}

/** Tells subscribers of changes. */
export interface Changes {
  /** To be told of each observation, in order. */
  readonly observed: Journal['observed'];
  /** To be told of what another replica has observed. */
  readonly heard: Journal['heard'];
  /**
   * Changes that are wanted, from now on or from after `lastEventId` on. Rejects with an `EventsMissedError` when what came after
   * that is not known any more, and with a `TooManySubscriptionsError` when there are too many.
   */
  subscribe(subscription: Subscription): Promise<Feed<Change>>;
  /** Completes all subscriptions, and those that come. */
  stop(): void;
  /** What all subscribers want to hear of. */
  readonly wishes: () => readonly Wish[];
}

/** Nobody has subscribed yet. */
export function createChanges(options: ChangesOptions): Changes {
  const { keepJournal, maxSubscriptions, maxSubscriptionsPerClient, maxKeysPerClient, onChange, onSubscribe } = options;
  const subscribers = new Map<Feed<Change>, Subscription>();
  const journal = keepJournal((change) => {
    onChange(change);
    for (const [feed, subscription] of subscribers) if (isWanted(change, subscription)) feed.push(change);
  });
  let stopped = false;

  function refuseTooMany({ client, keys }: Subscription): void {
    if (subscribers.size >= maxSubscriptions) {
      throw new TooManySubscriptionsError(`This gateway has ${maxSubscriptions} subscriptions, the most it takes.`);
    }
    if (client === null) return;
    const ofClient = [...subscribers.values()].filter((subscription) => subscription.client === client);
    if (ofClient.length >= maxSubscriptionsPerClient) {
      throw new TooManySubscriptionsError(
        `You have ${maxSubscriptionsPerClient} subscriptions, the most for one client.`,
      );
    }
    const wished = new Set([...keys, ...ofClient.flatMap((subscription) => subscription.keys)]).size;
    if (wished <= maxKeysPerClient) return;
    throw new TooManySubscriptionsError(
      `RunPod would be asked for ${wished} answers again and again for you; ${maxKeysPerClient} is the most. Subscribe to fewer pod sizes or GPU types.`,
    );
  }

  return {
    observed: journal.observed,
    heard: journal.heard,
    async subscribe(subscription) {
      const { lastEventId, signal, onOverflow } = subscription;
      if (lastEventId !== null) await journal.reached(lastEventId);
      signal.throwIfAborted();
      refuseTooMany(subscription);
      const feed: Feed<Change> = new Feed<Change>({ signal, onOverflow, onEnd: () => subscribers.delete(feed) });
      // From here on nothing is missed, however long it takes to find out what was.
      subscribers.set(feed, subscription);
      if (lastEventId !== null) {
        const missed = await journal.since(lastEventId);
        if (missed === null) {
          feed.end();
          throw new EventsMissedError();
        }
        feed.begin(missed.filter((change) => isWanted(change, subscription)));
      }
      if (stopped) feed.end();
      else onSubscribe();
      return feed;
    },
    stop() {
      stopped = true;
      for (const feed of subscribers.keys()) feed.end();
    },
    wishes: () => [...subscribers.values()],
  };
}

function isWanted(change: Change, { ofGpuType, gpuCount, wants }: Subscription): boolean {
  return change.after.gpuCount === gpuCount && ofGpuType(change.after.gpuType) && wants(change);
}
