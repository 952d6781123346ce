import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { QueryError } from './gateway/send-query.ts';

/** Why the gateway has not answered, and when the board tries again, in milliseconds since 1970. */
export interface Outage {
  readonly message: string;
  readonly retryAt: number;
}

/** Whether the gateway answers, and whether it sends changes. */
export interface Connection {
  /** Whether the event stream is open. If not, the board polls more often. Null until the first attempt has ended. */
  readonly isLive: Signal<boolean | null>;
  /** Null while the gateway answers. */
  readonly outage: ReadonlySignal<Outage | null>;
  /** Why the gateway rejects the client key; null while it does not. */
  readonly keyProblem: ReadonlySignal<'missing' | 'wrong' | null>;
  /** Records that the gateway has answered. */
  succeed(): void;
  /** Records a failed read. Returns whether to try again in `retryInMs`; without a valid key that would be of no use. */
  fail(error: unknown, retryInMs: number): boolean;
}

/** What a connection needs. */
export interface ConnectionOptions {
  /** The client key that is sent with each request; null without a key. */
  readonly key: ReadonlySignal<string | null>;
  /** Runs when the gateway has another version of the page. */
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
    succeed() {
      outage.value = null;
      keyProblem.value = null;
    },
    fail(error, retryInMs) {
      if (error instanceof QueryError && error.kind === 'unauthenticated') {
        keyProblem.value = key.peek() === null ? 'missing' : 'wrong';
        // Setting `keyProblem` closes the event stream.
        isLive.value = false;
        outage.value = null;
        return false;
      }
      if (error instanceof QueryError && error.kind === 'outdated') onOutdated();
      outage.value = { message: messageOf(error), retryAt: Date.now() + retryInMs };
      return true;
    },
  };
}

function messageOf(error: unknown): string {
  if (error instanceof QueryError) return error.message;
  console.error(error);
  return 'The page has failed. The browser console shows the details.';
}
