import type { Catalog, Demand } from '../domain/catalog.ts';
import { GATEWAY } from '../domain/client.ts';
import { UpstreamError } from '../domain/errors.ts';
import type { Observation, ObservationKey, ObservationRequest } from '../domain/observation.ts';
import type { Wanted } from './wanted.ts';

/** The part of the time that an answer is fresh in which all that is wanted is renewed once. */
const CYCLE = 0.8;

/** How long nothing is looked at, at most: what is wanted and how the source is doing may be otherwise then. */
const LOOK_AGAIN_MS = 1000;

/** A catalog whose answers can be renewed. */
export interface RenewableCatalog extends Catalog {
  /** What is known, or `null`. */
  readonly lookUp: (request: ObservationRequest) => Promise<{ readonly look: () => Observation } | null>;
  /** Has a newer answer fetched. Rejects with an `UpstreamError`. */
  readonly renew: (request: ObservationRequest, demand: Demand) => Promise<void>;
  /** Has what another source adds to it fetched, when that is due. */
  readonly supplement: (request: ObservationRequest) => void;
}

/** What a refresher needs. */
export interface RefresherOptions {
  readonly catalog: RenewableCatalog;
  readonly wanted: Pick<Wanted, 'isNone' | 'among' | 'payersOf'>;
  /** How long an answer is fresh, in milliseconds; infinite for one that is never renewed. */
  readonly freshMs: number;
  /** Renewals at a time. */
  readonly concurrency: number;
  /** Milliseconds on the steady scale of this process. */
  readonly now: () => number;
  /** Told of an error that is no `UpstreamError`. */
  readonly onFault: (error: unknown) => void;
}

type ListsRead = Pick<ObservationRequest, 'gpuTypes' | 'dataCenters'>;

const NOTHING: ListsRead = { gpuTypes: [], dataCenters: [] };

/** Keeps what is wanted from growing old. */
export interface Refresher {
  /** Renews until `signal` is aborted. */
  run(signal: AbortSignal): Promise<void>;
  /** To be told that more may be wanted now. */
  wake(): void;
  /** Answers of the source that are kept from growing old. */
  readonly size: number;
}

/**
 * Renews what is wanted, the oldest first, evenly over the time in which it is fresh, and at once what is not known or past its
 * turn. Nobody waits for a renewal: whatever clients ask goes first. While the source is down, little is asked.
 */
export function createRefresher(options: RefresherOptions): Refresher {
  const { catalog, wanted, freshMs, concurrency, now, onFault } = options;
  const periodMs = freshMs * CYCLE;
  const underWay = new Set<Promise<void>>();
  let keys: readonly ObservationKey[] = [];
  /** When each was last asked for, on the scale of `now`, whether RunPod answered or not. */
  let triedAt = new Map<string, number>();
  /** When the latest answer of each that was seen here was asked for. */
  let seenAt = new Map<string, number>();
  /** What is wanted and was not fresh when it was wanted first, until it has been renewed once. */
  const unpaid = new Set<string>();
  let lastStart = Number.NEGATIVE_INFINITY;
  let wake = () => {};

  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function run(signal: AbortSignal): Promise<void> {
    if (!Number.isFinite(freshMs)) return;
    signal.addEventListener('abort', () => wake());
    const demand: Demand = { signal, awaited: false, clients: [GATEWAY] };
    while (!signal.aborted) {
      const waitMs = await step(demand).catch((error: unknown) => {
        if (!(error instanceof UpstreamError || signal.aborted)) onFault(error);
        return LOOK_AGAIN_MS;
      });
      if (waitMs > 0) await sleep(Math.min(waitMs, LOOK_AGAIN_MS));
    }
  }

  /** Renews one, if it is time for that, and tells how long to wait before the next look, in milliseconds. */
  async function step(demand: Demand): Promise<number> {
    // Nothing is asked of the source while nothing is wanted.
    const lists = wanted.isNone() ? NOTHING : await readLists(demand);
    const all = wanted.among(lists.gpuTypes);
    for (const key of all) catalog.supplement({ ...key, ...lists });
    keys = oneOfEachBatch(all);
    await meet(keys.map((key) => ({ ...key, ...lists })));
    const [oldest] = keys.toSorted((a, b) => lastTry(a) - lastTry(b));
    if (oldest === undefined) return LOOK_AGAIN_MS;
    const isDown = catalog.status().health === 'DOWN';
    const turn = lastStart + (isDown ? periodMs : periodMs / keys.length);
    const waitMs = Math.min(turn, isDown ? turn : lastTry(oldest) + periodMs) - now();
    if (waitMs > 0) return waitMs;
    if (underWay.size >= concurrency) await Promise.race(underWay);
    renew({ ...oldest, ...lists }, demand);
    return 0;
  }

  async function readLists(demand: Demand): Promise<ListsRead> {
    const [gpuTypes, dataCenters] = await Promise.all([catalog.gpuTypes(demand), catalog.dataCenters(demand)]);
    return { gpuTypes, dataCenters };
  }

  function oneOfEachBatch(all: readonly ObservationKey[]): readonly ObservationKey[] {
    return [...new Map(all.map((key) => [nameOf(key), key])).values()];
  }

  /** Finds out how old that is which is wanted since the last look. */
  async function meet(requests: readonly ObservationRequest[]): Promise<void> {
    const [triedBefore, seenBefore] = [triedAt, seenAt];
    [triedAt, seenAt] = [new Map(), new Map()];
    for (const request of requests) {
      const name = nameOf(request);
      const tried = triedBefore.get(name) ?? askedAt((await catalog.lookUp(request))?.look());
      triedAt.set(name, tried);
      seenAt.set(name, seenBefore.get(name) ?? tried);
      if (!triedBefore.has(name) && now() - tried >= freshMs) unpaid.add(name);
    }
    for (const name of unpaid) if (!triedAt.has(name)) unpaid.delete(name);
  }

  function renew(request: ObservationRequest, demand: Demand): void {
    lastStart = now();
    triedAt.set(nameOf(request), lastStart);
    const renewal = renewUnlessNew(request, demand)
      .catch((error: unknown) => {
        if (!(error instanceof UpstreamError || demand.signal.aborted)) onFault(error);
      })
      .finally(() => underWay.delete(renewal));
    underWay.add(renewal);
  }

  /** A question, or another replica, may have had it renewed since. */
  async function renewUnlessNew(request: ObservationRequest, demand: Demand): Promise<void> {
    const name = nameOf(request);
    const known = askedAt((await catalog.lookUp(request))?.look());
    if (known > (seenAt.get(name) ?? Number.NEGATIVE_INFINITY)) {
      seenAt.set(name, known);
      triedAt.set(name, known);
    } else {
      await catalog.renew(request, { ...demand, clients: wanted.payersOf(request, unpaid.has(name)) });
      seenAt.set(name, askedAt((await catalog.lookUp(request))?.look()));
    }
    unpaid.delete(name);
  }

  const nameOf = (key: ObservationKey): string => catalog.batchOf(key);
  const lastTry = (key: ObservationKey): number => triedAt.get(nameOf(key)) ?? Number.NEGATIVE_INFINITY;

  return {
    run,
    wake: () => wake(),
    get size() {
      return keys.length;
    },
  };
}

/** When the oldest cell was asked for; minus infinity when one is not known. */
function askedAt(observation: Observation | undefined): number {
  const times = observation?.cells.map((cell) => (cell.failure === null ? cell.askedAt : Number.NEGATIVE_INFINITY));
  return times === undefined || times.length === 0 ? Number.NEGATIVE_INFINITY : Math.min(...times);
}
