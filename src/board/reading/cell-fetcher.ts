/**
 * Requests for one GPU type at once. A browser opens six connections to a host over HTTP/1.1: one has the event stream, and one
 * is for the request that asks for everything, or for the lists.
 */
const AT_ONCE = 4;

/** How many of these may be slow while others wait. */
const MOST_SLOW = 2;

/** A gateway that has everything in memory answers sooner than this, in milliseconds. */
const AT_HAND_MS = 200;

/** A request is slow when it takes this many times as long as the median one, and at least so many milliseconds. */
const SLOW_FACTOR = 4;
const LEAST_SLOW_MS = 1000;

/** The same before the first answer or the first that is given up, in milliseconds. A healthy RunPod may take four seconds. */
const FIRST_SLOW_MS = 5000;

/** What a sweeper needs. */
export interface CellFetcherOptions {
  /** Asks for the cells of these GPU types and takes the answer in. */
  readonly fetchCells: (gpuTypeIds: readonly string[], signal: AbortSignal) => Promise<void>;
  /** When it is aborted, every request is. */
  readonly signal: AbortSignal;
}

/** Reads the cells of GPU types. */
export interface CellFetcher {
  /**
   * Reads these GPU types: `together` by one request, and `singly` by one for each. Resolves when all that remains is slow:
   * those requests go on in the background. Rejects when a request fails that is not slow. One fetchAll at a time.
   */
  readonly fetchAll: (wanted: {
    readonly together: readonly string[];
    readonly singly: readonly string[];
  }) => Promise<void>;
}

/** A GPU type that is not answered yet. */
interface Single {
  readonly id: string;
  /** Whether its request is slow. */
  isSlow: boolean;
  /** How often a slow request was given up. */
  givenUp: number;
  /** Gives its request up, and puts it behind the others; null while it has none. */
  giveUp: (() => void) | null;
}

/**
 * One request for all GPU types is the fastest way to read what the gateway has in memory. When that is not answered soon, the
 * gateway is asking RunPod. Then requests for one GPU type each bring every GPU type as soon as the gateway has it; the gateway
 * asks RunPod once, however many requests wait for the same answer. Slow requests hold two of the connections at most while
 * others wait: from the third on, the one that has run longest is given up and made again after the others.
 */
export function createCellFetcher({ fetchCells, signal }: CellFetcherOptions): CellFetcher {
  /** In the order in which they are to be asked for. */
  const singles = new Map<string, Single>();
  const tookMs: number[] = [];
  /** Whether the request for several GPU types is still expected to be answered at once. */
  let isTogetherDue = false;
  let onFinished = () => {};
  let onFailed: (error: unknown) => void = () => {};

  const running = () => [...singles.values()].filter(({ giveUp }) => giveUp !== null);
  const waiting = () => [...singles.values()].filter(({ giveUp }) => giveUp === null);

  function add(ids: readonly string[]): void {
    for (const id of ids) if (!singles.has(id)) singles.set(id, { id, isSlow: false, givenUp: 0, giveUp: null });
    fill();
  }

  function fill(): void {
    for (let next = takeNext(); next !== undefined; next = takeNext()) void run(next);
    const isRest = [...singles.values()].every(({ isSlow, givenUp }) => isSlow || givenUp > 0);
    if (isRest && !isTogetherDue) onFinished();
  }

  function takeNext(): Single | undefined {
    const [next] = waiting();
    if (next === undefined) return undefined;
    const slow = running().filter(({ isSlow }) => isSlow);
    if (running().length === AT_ONCE && slow.length > MOST_SLOW) slow[0]?.giveUp?.();
    return running().length < AT_ONCE ? next : undefined;
  }

  async function run(single: Single): Promise<void> {
    const givenUp = new AbortController();
    const startedAt = performance.now();
    const becomeSlow = () => {
      single.isSlow = true;
      fill();
    };
    const timer = setTimeout(becomeSlow, slowAfterMs() * 2 ** single.givenUp);
    single.giveUp = () => {
      clearTimeout(timer);
      single.isSlow = false;
      single.givenUp += 1;
      single.giveUp = null;
      givenUp.abort();
      singles.delete(single.id);
      singles.set(single.id, single);
    };
    try {
      await fetchCells([single.id], AbortSignal.any([signal, givenUp.signal]));
      tookMs.push(performance.now() - startedAt);
    } catch (error) {
      if (givenUp.signal.aborted) return;
      // A slow one is missing then, and the next fetchAll asks for it again.
      if (!single.isSlow) onFailed(error);
    }
    clearTimeout(timer);
    singles.delete(single.id);
    if (!signal.aborted) fill();
  }

  function slowAfterMs(): number {
    const median = tookMs.toSorted((a, b) => a - b)[Math.floor(tookMs.length / 2)];
    if (median !== undefined) return Math.max(LEAST_SLOW_MS, SLOW_FACTOR * median);
    return [...singles.values()].some(({ givenUp }) => givenUp > 0) ? LEAST_SLOW_MS : FIRST_SLOW_MS;
  }

  async function readTogether(ids: readonly string[], ended: AbortSignal): Promise<void> {
    const hurry = setTimeout(() => {
      isTogetherDue = false;
      add(ids);
    }, AT_HAND_MS);
    try {
      await fetchCells(ids, AbortSignal.any([signal, ended]));
      for (const id of ids) if (singles.get(id)?.giveUp === null) singles.delete(id);
    } catch (error) {
      if (signal.aborted) onFailed(error);
      // If this is more than a fault of this request, the others fail too.
      else if (isTogetherDue) add(ids);
    } finally {
      clearTimeout(hurry);
    }
    isTogetherDue = false;
    if (!signal.aborted && !ended.aborted) fill();
  }

  return {
    async fetchAll({ together, singly }) {
      const ended = new AbortController();
      await new Promise<void>((resolve, reject) => {
        [onFinished, onFailed] = [resolve, reject];
        isTogetherDue = together.length > 0;
        if (isTogetherDue) void readTogether(together, ended.signal);
        add(singly);
      }).finally(() => ended.abort());
    },
  };
}
