import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { QueryError } from './gateway/send-query.ts';

/** Why a read has failed, and when the board retries. */
export interface Outage {
  readonly message: string;
  /** `gateway`: the gateway does not answer. `runpod`: the gateway answers, but RunPod does not. `other`: anything else. */
  readonly cause: 'gateway' | 'runpod' | 'other';
  /** Milliseconds since 1970. */
  readonly retryAt: number;
}

/** The state of the connection to the gateway: whether the gateway answers, and whether it sends changes. */
export interface Connection {
  /**
   * Whether the event stream is open. While it is closed, the board polls more often. Null until the first attempt to open the stream has
   * ended.
   */
  readonly isLive: Signal<boolean | null>;
  /** Null while reads succeed. */
  readonly outage: ReadonlySignal<Outage | null>;
  /** What is wrong with the client key; null unless the gateway rejects requests because of it. */
  readonly keyProblem: ReadonlySignal<'missing' | 'wrong' | null>;
  /** Records that the gateway has accepted the client key. */
  acceptKey(): void;
  /** Records that all of a read has succeeded. */
  succeed(): void;
  /**
   * Records a failed read. Returns whether to retry after `retryInMs` milliseconds: false if the client key is missing or wrong, because a
   * retry would fail too.
   */
  fail(error: unknown, retryInMs: number): boolean;
}

/** What a connection needs. */
export interface ConnectionOptions {
  /** The client key that is sent with each request; null if the visitor has not entered one. */
  readonly key: ReadonlySignal<string | null>;
  /** Runs when the gateway serves another version of the page. */
  readonly onOutdated: () => void;
}

export function createConnection({ key, onOutdated }: ConnectionOptions): Connection {
  const isLive = signal<boolean | null>(null);
  const outage = signal<Outage | null>(null);
  const keyProblem = signal<'missing' | 'wrong' | null>(null);
  return {
    isLive,
    outage,
    keyProblem,
    acceptKey() {
      keyProblem.value = null;
    },
    succeed() {
      outage.value = null;
    },
    fail(error, retryInMs) {
      if (error instanceof QueryError && error.kind === 'unauthenticated') {
        keyProblem.value = key.peek() === null ? 'missing' : 'wrong';
        // Setting `keyProblem` closes the event stream without a call of `onClosed`.
        isLive.value = false;
        outage.value = null;
        return false;
      }
      if (error instanceof QueryError && error.kind === 'outdated') onOutdated();
      outage.value = { ...describeError(error), retryAt: Date.now() + retryInMs };
      return true;
    },
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
