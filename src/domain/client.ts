import { ClientLimitedError } from './errors.ts';

/** A reservation in a client's budget, for one request to RunPod. */
export interface Reservation {
  /**
   * Uses the reservation. Call this just before the request is sent. Returns `false` if the request must not be sent, because a request
   * that a client waits for has taken its place in the budget. This happens only to requests that no client waits for.
   */
  use(): boolean;
  /** Frees the reserved budget, unless the request was sent. */
  release(): void;
}

/**
 * A client whose budget limits the requests to RunPod that it causes. There is one object for each client, and clients are compared by
 * identity.
 */
export interface Client {
  /** The maximum number of requests to RunPod that the client may cause in a minute; infinite without a limit. */
  readonly perMinute: number;
  /**
   * Returns how many more requests to RunPod the client may cause now; infinite without a limit. If a client waits for the answer
   * (`awaited`), reservations for requests that no client waits for are not deducted.
   */
  readonly left: (awaited: boolean) => number;
  /** Returns the milliseconds until the client may cause another request; 0 if it may cause one now. */
  readonly waitMs: () => number;
  /** Reserves one request in the budget. Returns `null` if the budget is used up. `awaited` is whether a client waits for the answer. */
  readonly reserve: (awaited: boolean) => Reservation | null;
  /** Counts a refusal. Call this when a request to RunPod is refused because the client has no request left in its budget. */
  readonly refused: () => void;
}

/** Creates a client without a limit: `reserve` always succeeds. */
export const createUnlimitedClient = (): Client => ({
  perMinute: Number.POSITIVE_INFINITY,
  left: () => Number.POSITIVE_INFINITY,
  waitMs: () => 0,
  reserve: () => ({ use: () => true, release() {} }),
  refused() {},
});

/** A client without a limit that stands for the gateway itself, for requests to RunPod that count against the budget of no other client. */
export const GATEWAY = createUnlimitedClient();

/**
 * The cause of a request to RunPod: the clients that need the answer, and whether any of them waits for it. The request counts against the
 * budget of one of these clients.
 */
interface Caused {
  readonly clients: readonly Client[];
  readonly awaited: boolean;
}

/** Whether at least one of the clients has a request to RunPod left in its budget. */
export const mayAsk = ({ clients, awaited }: Caused): boolean => clients.some((client) => client.left(awaited) > 0);

/** Whether one of the clients has at least half of its budget left. Only then are optional requests sent, such as those for spot prices. */
export const maySpare = ({ clients }: Pick<Caused, 'clients'>): boolean =>
  clients.some((client) => client.left(false) >= client.perMinute / 2);

/**
 * Returns `null` if at least one of the clients has a request left in its budget. Otherwise counts a refusal and returns the error to
 * report.
 */
export function refusalOf(caused: Caused): ClientLimitedError | null {
  return mayAsk(caused) ? null : refuse(caused);
}

/**
 * Reserves one request in the budget of the first client that has budget left. This client is the `payer` in the result.
 * @throws {ClientLimitedError} when no client has budget left.
 */
export function reserve(caused: Caused): Reservation & { readonly payer: Client } {
  for (const payer of caused.clients) {
    const reservation = payer.reserve(caused.awaited);
    if (reservation !== null) return { ...reservation, payer };
  }
  throw refuse(caused);
}

/**
 * Picks the client that may cause another request soonest, and counts a refusal for it. Returns an error with the limit and the waiting
 * time of this client.
 */
function refuse({ clients }: Pick<Caused, 'clients'>): ClientLimitedError {
  const [next] = clients.toSorted((a, b) => a.waitMs() - b.waitMs());
  next?.refused();
  return new ClientLimitedError(next?.perMinute ?? 0, next?.waitMs() ?? 0);
}
