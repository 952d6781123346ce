import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { QueryError } from './gateway/send-query.ts';

/** Why a read has failed, and when the board retries. */
export interface Outage {
  readonly message: string;
  /** `gateway`: the gateway does not answer. `runpod`: the gateway answers, but RunPod does not. `other`: anything else. */
  readonly cause: 'gateway' | 'runpod' | 'other';
  /** When the board reads again, in milliseconds since 1970. */
  readonly retryAt: number;
}

/** The state of the connection to the gateway: whether the gateway answers, and whether it sends changes. */
export interface Connection {
  /**
   * Whether the event stream is open. While the stream is closed, the board polls more often. Null until the first attempt to open the
   * stream has ended.
   */
  readonly isLive: Signal<boolean | null>;
  /** Why the latest read of a part of the page has failed. Null while all parts that are needed can be read. */
  readonly outage: ReadonlySignal<Outage | null>;
  /** What is wrong with the client key; null unless the gateway rejects requests because of it. */
  readonly keyProblem: ReadonlySignal<'missing' | 'wrong' | null>;
  /** Records that the gateway has accepted the client key. */
  acceptKey(): void;
  /**
   * Returns a recorder for the reads of one part of the page. While `isNeeded` is false, a failed read of the part does not count as an
   * outage.
   */
  track(isNeeded: ReadonlySignal<boolean>): ReadRecorder;
}

/** Records how the reads of one part of the page have ended. */
export interface ReadRecorder {
  /** Records that every step of a read has succeeded. */
  succeed(): void;
  /**
   * Records a failed read. Returns whether to retry after `retryInMs` milliseconds: false if the client key is missing or wrong, because a
   * retry would fail too.
   */
  fail(error: unknown, retryInMs: number): boolean;
}

export interface ConnectionOptions {
  /** The client key that is sent with each request; null if the visitor has not entered one. */
  readonly key: ReadonlySignal<string | null>;
  /** Runs when the gateway no longer serves this version of the page. */
  readonly onOutdated: () => void;
}

export function createConnection({ key, onOutdated }: ConnectionOptions): Connection {
  const isLive = signal<boolean | null>(null);
  const outages = signal<readonly ReadonlySignal<Outage | null>[]>([]);
  const keyProblem = signal<'missing' | 'wrong' | null>(null);

  function track(isNeeded: ReadonlySignal<boolean>): ReadRecorder {
    const failure = signal<Outage | null>(null);
    outages.value = [...outages.peek(), computed(() => (isNeeded.value ? failure.value : null))];
    return {
      succeed() {
        failure.value = null;
      },
      fail(error, retryInMs) {
        if (error instanceof QueryError && error.kind === 'unauthenticated') {
          keyProblem.value = key.peek() === null ? 'missing' : 'wrong';
          // Setting `keyProblem` closes the event stream without a call of `onClosed`, so `isLive` is set here.
          isLive.value = false;
          failure.value = null;
          return false;
        }
        if (error instanceof QueryError && error.kind === 'outdated') onOutdated();
        failure.value = { ...describeError(error), retryAt: Date.now() + retryInMs };
        return true;
      },
    };
  }

  return {
    isLive,
    outage: computed(() => outages.value.map(({ value }) => value).find((outage) => outage !== null) ?? null),
    keyProblem,
    acceptKey() {
      keyProblem.value = null;
    },
    track,
  };
}

function describeError(error: unknown): Pick<Outage, 'message' | 'cause'> {
  if (error instanceof QueryError) {
    const cause = error.kind === 'unreachable' ? 'gateway' : error.kind === 'runpod' ? 'runpod' : 'other';
    return { message: error.message, cause };
  }
  console.error(error);
  return { message: 'The page has failed. The browser console shows the details.', cause: 'other' };
}
