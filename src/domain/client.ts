import { ClientLimitedError } from './errors.ts';

/** Requests to RunPod that are counted for a client and not made yet. */
export interface Reservation {
  /** Counts the requests as made now. */
  use(): void;
  /** Gives the requests back, unless they were made. */
  release(): void;
}

/** Somebody for whom RunPod is asked. Clients are compared by identity: there is one object for each. */
export interface Client {
  /** Requests to RunPod that it may cause in a minute; infinite without a limit. */
  readonly perMinute: number;
  /** Requests that it may cause now; infinite without a limit. */
  readonly left: () => number;
  /** Milliseconds until it may cause another request; 0 when it may now. */
  readonly waitMs: () => number;
  /** Reserves `requests`, or returns `null` when fewer are left. */
  readonly reserve: (requests: number) => Reservation | null;
  /** Counts that RunPod was not asked because the client has no request left. */
  readonly refused: () => void;
}

/** A client without a limit: `reserve` always succeeds. */
export const createUnlimitedClient = (): Client => ({
  perMinute: Number.POSITIVE_INFINITY,
  left: () => Number.POSITIVE_INFINITY,
  waitMs: () => 0,
  reserve: () => ({ use() {}, release() {} }),
  refused() {},
});

/** The gateway itself, where it asks RunPod without a client. */
export const GATEWAY = createUnlimitedClient();

/** The clients that a question is for. One of them pays. */
interface Caused {
  readonly clients: readonly Client[];
}

/** Whether one of the clients has a request to RunPod left. */
export const mayAsk = ({ clients }: Caused): boolean => clients.some((client) => client.left() > 0);

/** Whether one of the clients has half of its budget left, as for what nobody waits for and an answer can do without. */
export const maySpare = ({ clients }: Caused): boolean =>
  clients.some((client) => client.left() >= client.perMinute / 2);

/** The error for a question that RunPod is not asked because no client has a request left, else `null`. Counts it. */
export function refusalOf(caused: Caused): ClientLimitedError | null {
  return mayAsk(caused) ? null : refuse(caused);
}

/**
 * Reserves requests for the first client that has enough of them left. More than a client's whole budget count as its whole budget.
 * @throws {ClientLimitedError} when no client has enough.
 */
export function reserve({ clients }: Caused, requests = 1): Reservation {
  for (const client of clients) {
    const reservation = client.reserve(Math.min(requests, client.perMinute));
    if (reservation !== null) return reservation;
  }
  throw refuse({ clients });
}

/** The client that may ask again first is counted and named. */
function refuse({ clients }: Caused): ClientLimitedError {
  const [next] = clients.toSorted((a, b) => a.waitMs() - b.waitMs());
  next?.refused();
  return new ClientLimitedError(next?.perMinute ?? 0, next?.waitMs() ?? 0);
}
