import type { Catalog, Demand } from '../domain/catalog.ts';
import { GATEWAY } from '../domain/client.ts';
import { UpstreamError } from '../domain/errors.ts';
import type { Observation, ObservationKey, ObservationRequest } from '../domain/observation.ts';
import type { RefreshDemand } from './refresh-demand.ts';

/** The fraction of the freshness time in which every demanded answer is refreshed once. */
const CYCLE = 0.8;

/** The longest pause between two checks, in milliseconds. Demand and the health of the source may change at any time. */
const LOOK_AGAIN_MS = 1000;

/** A catalog whose answers can be refreshed. */
export interface RenewableCatalog extends Catalog {
  /** Returns what is known without asking the source, or `null`. */
  readonly lookUp: (request: ObservationRequest) => Promise<{ readonly look: () => Observation } | null>;
  /** Fetches a newer answer. Rejects with an `UpstreamError`. */
  readonly renew: (request: ObservationRequest, demand: Demand) => Promise<void>;
  /** Fetches in the background what another source adds to the answer, if that is due. */
  readonly supplement: (request: ObservationRequest) => void;
}

/** What a refresher needs. */
export interface RefresherOptions {
  readonly catalog: RenewableCatalog;
  readonly refreshDemand: Pick<RefreshDemand, 'isEmpty' | 'among' | 'payersOf'>;
  /** How long an answer is fresh, in milliseconds; infinite for answers that are never refreshed. */
  readonly freshMs: number;
  /** The most refreshes at a time. */
  readonly concurrency: number;
  /** Returns monotonic milliseconds. */
  readonly now: () => number;
  /** Called with an error that is not an `UpstreamError`. */
  readonly onFault: (error: unknown) => void;
}

type ListsRead = Pick<ObservationRequest, 'gpuTypes' | 'dataCenters'>;

const NOTHING: ListsRead = { gpuTypes: [], dataCenters: [] };

/** Refreshes the demanded answers before they get old. */
export interface Refresher {
  /** Runs until `signal` is aborted. */
  run(signal: AbortSignal): Promise<void>;
  /** Starts the next check at once, because there may be new demand. */
  wake(): void;
  /** The number of source requests whose answers are kept fresh. */
  readonly size: number;
}

/**
 * Refreshes the demanded answers, the oldest first. Refreshes are spread evenly over the freshness time; unknown and overdue
 * answers are refreshed at once. A refresh yields to every request that a client waits for. While the source is down, one answer is
 * requested each period.
 */
export function createRefresher(options: RefresherOptions): Refresher {
  const { catalog, refreshDemand, freshMs, concurrency, now, onFault } = options;
  const periodMs = freshMs * CYCLE;
  const underWay = new Set<Promise<void>>();
  let keys: readonly ObservationKey[] = [];
  /** When each answer was last requested, successfully or not, in monotonic milliseconds. */
  let triedAt = new Map<string, number>();
  /** The time at which RunPod was asked for the newest answer that this replica has seen. */
  let seenAt = new Map<string, number>();
  /** Answers that were not fresh when they were first demanded, until their first refresh. Subscribers pay for that refresh. */
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

  /** Starts one refresh if one is due. Returns how long to wait before the next check, in milliseconds. */
  async function step(demand: Demand): Promise<number> {
    // Without demand, the source is not asked for its lists either.
    const lists = refreshDemand.isEmpty() ? NOTHING : await readLists(demand);
    const all = refreshDemand.among(lists.gpuTypes);
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

  /** Looks up the age of the answers that are newly demanded, and forgets those that are no longer demanded. */
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

  /** Refreshes an answer unless a client's request or another replica has refreshed it since the last look. */
  async function renewUnlessNew(request: ObservationRequest, demand: Demand): Promise<void> {
    const name = nameOf(request);
    const known = askedAt((await catalog.lookUp(request))?.look());
    if (known > (seenAt.get(name) ?? Number.NEGATIVE_INFINITY)) {
      seenAt.set(name, known);
      triedAt.set(name, known);
    } else {
      await catalog.renew(request, { ...demand, clients: refreshDemand.payersOf(request, unpaid.has(name)) });
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

/** Returns the time at which the oldest cell was requested; minus infinity if any cell is unknown. */
function askedAt(observation: Observation | undefined): number {
  const times = observation?.cells.map((cell) => (cell.failure === null ? cell.askedAt : Number.NEGATIVE_INFINITY));
  return times === undefined || times.length === 0 ? Number.NEGATIVE_INFINITY : Math.min(...times);
}
