import type { Change } from '../domain/change.ts';
import type { Client } from '../domain/client.ts';
import { EventsMissedError, TooManySubscriptionsError } from '../domain/errors.ts';
import type { GpuType } from '../domain/gpu-type.ts';
import type { ChangeTracker, ReportChange } from './change-tracker.ts';
import { Feed } from './feed.ts';

/** The GPU types and the pod size whose changes a subscriber wants to receive. */
export interface Wish {
  readonly ofGpuType: (gpuType: GpuType) => boolean;
  readonly gpuCount: number;
  /**
   * The clients whose limits the subscription counts against. Only the first request to RunPod for each answer counts; later refreshes are
   * charged to the gateway.
   */
  readonly payers: readonly Client[];
}

/** The parameters of one subscription. */
export interface Subscription extends Wish {
  /** Whether to send this change to the subscriber. Called only for changes of the subscriber's GPU types and pod size. */
  readonly meetsConditions: (change: Change) => boolean;
  /** The id of the last change that the subscriber received; `null` if the subscription is new and starts with the next change. */
  readonly lastEventId: string | null;
  /** The names of the requests to RunPod that are repeated to find changes for this subscription. `costOf` returns these names. */
  readonly keys: readonly string[];
  /** The client that subscribes; `null` if no per-client limit applies to the subscription. */
  readonly client: string | null;
  /** Aborted when the subscriber has disconnected. */
  readonly signal: AbortSignal;
  /** Called when the subscriber is dropped because it reads too slowly. */
  readonly onOverflow: () => void;
}

/** Dependencies of `createChanges`. */
export interface ChangesOptions {
  /** Creates the tracker that finds the changes and reports each of them to `report`. */
  readonly trackChanges: (report: ReportChange) => ChangeTracker;
  /** The maximum number of open subscriptions of all clients together. */
  readonly maxSubscriptions: number;
  /** The maximum number of open subscriptions of one client. */
  readonly maxSubscriptionsPerClient: number;
  /** The maximum number of different requests to RunPod (`keys`) that all subscriptions of one client together may need. */
  readonly maxKeysPerClient: number;
  /** Called with each change. */
  readonly onChange: (change: Change) => void;
  /** Called when a subscription has started. */
  readonly onSubscribe: () => void;
}

/** Notifies subscribers of changes of stock and prices. */
export interface Changes {
  /** Call this with each observation that this replica has loaded, in the order of loading. */
  readonly observed: ChangeTracker['observed'];
  /** Call this with each observation that another replica has loaded. */
  readonly observedElsewhere: ChangeTracker['observedElsewhere'];
  /**
   * Starts a subscription. It begins with the first change after `lastEventId`; if `lastEventId` is `null`, it begins with the next change.
   * Rejects with an `EventsMissedError` if events after `lastEventId` are no longer available. Rejects with a `TooManySubscriptionsError`
   * if a limit is reached.
   */
  subscribe(subscription: Subscription): Promise<Feed<Change>>;
  /** Ends all subscriptions. A subscription that starts later is ended at once. */
  stop(): void;
  /** Returns the GPU types and the pod size of each open subscription. */
  readonly wishes: () => readonly Wish[];
}

/** Creates a notifier without subscribers. */
export function createChanges(options: ChangesOptions): Changes {
  const { trackChanges, onChange, onSubscribe } = options;
  const subscribers = new Map<Feed<Change>, Subscription>();
  const tracker = trackChanges((change) => {
    onChange(change);
    for (const [feed, subscription] of subscribers) if (isWanted(change, subscription)) feed.push(change);
  });
  let stopped = false;

  return {
    observed: tracker.observed,
    observedElsewhere: tracker.observedElsewhere,
    async subscribe(subscription) {
      const { lastEventId, signal, onOverflow } = subscription;
      if (lastEventId !== null) await tracker.reached(lastEventId);
      signal.throwIfAborted();
      refuseTooMany(subscription, [...subscribers.values()], options);
      const feed: Feed<Change> = new Feed<Change>({ signal, onOverflow, onEnd: () => subscribers.delete(feed) });
      // The subscriber is added before the earlier changes are read, so that no change is lost. Its feed collects the changes that happen
      // in the meantime.
      subscribers.set(feed, subscription);
      if (lastEventId !== null) {
        const missed = await tracker.since(lastEventId);
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

/**
 * Throws a `TooManySubscriptionsError` if a new subscription would exceed a limit. `open` contains the subscriptions that are already open.
 */
function refuseTooMany(
  { client, keys }: Subscription,
  open: readonly Subscription[],
  { maxSubscriptions, maxSubscriptionsPerClient, maxKeysPerClient }: ChangesOptions,
): void {
  if (open.length >= maxSubscriptions) {
    throw new TooManySubscriptionsError(
      `This gateway has ${maxSubscriptions} open subscriptions, which is its limit. Try again later.`,
    );
  }
  if (client === null) return;
  const ofClient = open.filter((subscription) => subscription.client === client);
  if (ofClient.length >= maxSubscriptionsPerClient) {
    throw new TooManySubscriptionsError(
      `You have ${maxSubscriptionsPerClient} open subscriptions, which is the limit for one client. Close one before you open another.`,
    );
  }
  const wished = new Set([...keys, ...ofClient.flatMap((subscription) => subscription.keys)]).size;
  if (wished <= maxKeysPerClient) return;
  throw new TooManySubscriptionsError(
    `Your subscriptions would keep ${wished} answers of RunPod up to date; the limit is ${maxKeysPerClient}. Subscribe to fewer pod sizes or GPU types.`,
  );
}

function isWanted(change: Change, { ofGpuType, gpuCount, meetsConditions }: Subscription): boolean {
  return change.after.gpuCount === gpuCount && ofGpuType(change.after.gpuType) && meetsConditions(change);
}
