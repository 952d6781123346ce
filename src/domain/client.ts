import { ClientLimitedError } from './errors.ts';

/** A request to RunPod that is charged to a client but not sent yet. */
export interface Reservation {
  /**
   * Counts the request as sent now. Returns `false` if it must not be sent: no client waits for it, and requests that clients wait
   * for have taken its place.
   */
  use(): boolean;
  /** Returns the request to the budget, unless it was sent. */
  release(): void;
}

/** A client that RunPod requests are charged to. There is one object for each client, and clients are compared by identity. */
export interface Client {
  /** Requests to RunPod that the client may cause in a minute; infinite without a limit. */
  readonly perMinute: number;
  /**
   * Requests that the client may cause now; infinite without a limit. Requests that a client waits for (`awaited`) have priority.
   */
  readonly left: (awaited: boolean) => number;
  /** Milliseconds until the client may cause another request; 0 if it may now. */
  readonly waitMs: () => number;
  /** Reserves a request. Returns `null` if none is left. */
  readonly reserve: (awaited: boolean) => Reservation | null;
  /** Counts a request to RunPod that was refused because the client has none left. */
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

/** The gateway as a client, for requests to RunPod that no client caused. */
export const GATEWAY = createUnlimitedClient();

/** The clients that a request is for, one of which pays, and whether any of them waits for the answer. */
interface Caused {
  readonly clients: readonly Client[];
  readonly awaited: boolean;
}

/** Whether at least one of the clients has a request to RunPod left. */
export const mayAsk = ({ clients, awaited }: Caused): boolean => clients.some((client) => client.left(awaited) > 0);

/** Whether one of the clients has at least half of its budget left. Optional requests, such as supplements, require that. */
export const maySpare = ({ clients }: Pick<Caused, 'clients'>): boolean =>
  clients.some((client) => client.left(false) >= client.perMinute / 2);

/** Returns the error to report when no client has a request left, else `null`. Counts the refusal. */
export function refusalOf(caused: Caused): ClientLimitedError | null {
  return mayAsk(caused) ? null : refuse(caused);
}

/**
 * Reserves a request for the first client that has one left. That client is the payer.
 * @throws {ClientLimitedError} when no client has a request left.
 */
export function reserve(caused: Caused): Reservation & { readonly payer: Client } {
  for (const payer of caused.clients) {
    const reservation = payer.reserve(caused.awaited);
    if (reservation !== null) return { ...reservation, payer };
  }
  throw refuse(caused);
}

/** Counts the refusal for the client that may ask again soonest. The error reports that client's limit and wait. */
function refuse({ clients }: Pick<Caused, 'clients'>): ClientLimitedError {
  const [next] = clients.toSorted((a, b) => a.waitMs() - b.waitMs());
  next?.refused();
  return new ClientLimitedError(next?.perMinute ?? 0, next?.waitMs() ?? 0);
}
