import { ClientLimitedError } from './errors.ts';

/** A request to RunPod that is counted for a client and not made yet. */
export interface Reservation {
  /**
   * Counts the request as made now. Returns `false` when it may not be made: nobody waited for it, and questions that somebody
   * waits for have taken its place meanwhile.
   */
  use(): boolean;
  /** Gives the request back, unless it was made. */
  release(): void;
}

/** Somebody for whom RunPod is asked. Clients are compared by identity: there is one object for each. */
export interface Client {
  /** Requests to RunPod that it may cause in a minute; infinite without a limit. */
  readonly perMinute: number;
  /** Requests that it may cause now; infinite without a limit. What somebody waits for (`awaited`) goes before what nobody does. */
  readonly left: (awaited: boolean) => number;
  /** Milliseconds until it may cause another request; 0 when it may now. */
  readonly waitMs: () => number;
  /** Reserves a request, or returns `null` when none is left. */
  readonly reserve: (awaited: boolean) => Reservation | null;
  /** Counts that RunPod was not asked because the client has no request left. */
  readonly refused: () => void;
}

/** A client without a limit: `reserve` always succeeds. */
export const createUnlimitedClient = (): Client => ({
  perMinute: Number.POSITIVE_INFINITY,
  left: () => Number.POSITIVE_INFINITY,
  waitMs: () => 0,
  reserve: () => ({ use: () => true, release() {} }),
  refused() {},
});

/** The gateway itself, where it asks RunPod without a client. */
export const GATEWAY = createUnlimitedClient();

/** The clients that a question is for, one of which pays, and whether somebody waits for the answer. */
interface Caused {
  readonly clients: readonly Client[];
  readonly awaited: boolean;
}

/** Whether one of the clients has a request to RunPod left. */
export const mayAsk = ({ clients, awaited }: Caused): boolean => clients.some((client) => client.left(awaited) > 0);

/** Whether a client has at least half of its budget left, which optional requests such as supplements require. */
export const maySpare = ({ clients }: Pick<Caused, 'clients'>): boolean =>
  clients.some((client) => client.left(false) >= client.perMinute / 2);

/** The error for a question that RunPod is not asked because no client has a request left, else `null`. Counts it. */
export function refusalOf(caused: Caused): ClientLimitedError | null {
  return mayAsk(caused) ? null : refuse(caused);
}

/**
 * Reserves a request for the first client that has one left, its payer.
 * @throws {ClientLimitedError} when no client has.
 */
export function reserve(caused: Caused): Reservation & { readonly payer: Client } {
  for (const payer of caused.clients) {
    const reservation = payer.reserve(caused.awaited);
    if (reservation !== null) return { ...reservation, payer };
  }
  throw refuse(caused);
}

/** The client that may ask again first is counted and named. */
function refuse({ clients }: Pick<Caused, 'clients'>): ClientLimitedError {
  const [next] = clients.toSorted((a, b) => a.waitMs() - b.waitMs());
  next?.refused();
  return new ClientLimitedError(next?.perMinute ?? 0, next?.waitMs() ?? 0);
}
