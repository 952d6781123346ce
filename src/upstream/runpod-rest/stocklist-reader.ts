import type { Demand } from '../../domain/catalog.ts';
import { ClientLimitedError, UpstreamError } from '../../domain/errors.ts';
import type { ObservationRequest } from '../../domain/observation.ts';
import type { RestClient } from './client.ts';
import { type Stocklist, stocklistReading } from './stocklist.ts';
import { LEFT_OUT, SOLD_OUT, type TypeStock } from './type-stock.ts';

/** Dependencies of a `StocklistReader`. */
export interface StocklistReaderOptions {
  readonly get: RestClient['get'];
  /** Returns monotonic time in milliseconds. */
  readonly now: () => number;
  /** Called with each stock word that the gateway does not know, so that an operator can see it. */
  readonly onUnknownStock: (word: string) => void;
}

/** How long callers share one request for the list of GPU types, in milliseconds. The time starts when the request is sent. */
const SHARE_LIST_MS = 5000;

/** How long the stock in the list of GPU types may serve as an observation, in milliseconds. The time starts when the list arrives. */
const USE_STOCK_OF_LIST_MS = 5000;

/**
 * How long, in milliseconds, an answer for one-GPU pods is used as evidence of which GPU types RunPod lists. After that, the gateway
 * requests a newer answer.
 */
const LISTED_MS = 300_000;

/**
 * If the request for a newer answer for one-GPU pods fails, the previous answer still shows which GPU types RunPod lists, unless it was
 * requested more than this many milliseconds ago.
 */
const LISTED_AT_MOST_MS = 3_600_000;

/**
 * Reads stocklists, which contain the stock of all GPU types for one pod size. Saves requests by using one response both as the list of GPU
 * types and as an observation.
 */
export class StocklistReader {
  readonly #options: StocklistReaderOptions;
  /** The latest request for the list of GPU types, and when it was sent. */
  #listing: { readonly list: Promise<Stocklist>; readonly askedAt: number } | null = null;
  /**
   * The stock in the latest list of GPU types, and when the list arrived. Only one observation may use this stock. After that, this is
   * `null` until the next list arrives.
   */
  #withList: { readonly stocklist: Stocklist; readonly arrivedAt: number } | null = null;
  /** The latest answer for pods of one GPU. */
  #ofOne: Stocklist | null = null;

  constructor(options: StocklistReaderOptions) {
    this.#options = options;
  }

  /**
   * Reads the list of GPU types. Calls within a few seconds share one request, because reading the list of data centers needs this list
   * too. If the shared request was aborted because its client has disconnected, sends another request.
   */
  async readList(demand: Demand): Promise<Stocklist> {
    try {
      return await this.#shareList(demand);
    } catch (error) {
      if (error instanceof UpstreamError || demand.signal.aborted) throw error;
      return this.#shareList(demand);
    }
  }

  /**
   * Reads the stock for one pod size. For pods of one GPU, uses the stock that has just arrived with the list of GPU types, if no other
   * call has used it yet. This saves a request.
   */
  async readStock({ gpuCount }: ObservationRequest, demand: Demand): Promise<Stocklist> {
    if (gpuCount !== 1) return this.#send(gpuCount, demand);
    const fromList = this.#withList;
    this.#withList = null;
    const isNew = fromList !== null && this.#options.now() - fromList.arrivedAt < USE_STOCK_OF_LIST_MS;
    return isNew ? fromList.stocklist : this.#send(1, demand);
  }

  /**
   * Returns a function that looks up the stock of a GPU type that is missing from the answer for a pod size. RunPod omits a type that has
   * no pods of this size, but also a type that it no longer rents out. If a recent answer for pods of one GPU lists the type, the type is
   * sold out. Otherwise, its stock is unknown.
   */
  async readLeftOut(
    request: ObservationRequest,
    { gpus, isWhole, namesAll }: Stocklist,
    demand: Demand,
  ): Promise<(id: string) => TypeStock> {
    const ids = new Set(gpus.map(({ gpuType }) => gpuType.id));
    const isAnyLeftOut = request.gpuTypes.some(({ id }) => !ids.has(id));
    if (!isAnyLeftOut || request.gpuCount === 1 || !isWhole || !namesAll) return () => LEFT_OUT;
    const stillListed = new Set((await this.#readStillListed(demand))?.gpus.map(({ gpuType }) => gpuType.id));
    return (id) => (stillListed.has(id) ? SOLD_OUT : LEFT_OUT);
  }

  async #send(gpuCount: number, demand: Demand): Promise<Stocklist> {
    const { get, onUnknownStock } = this.#options;
    const stocklist = await get(stocklistReading(gpuCount, onUnknownStock), demand);
    if (gpuCount === 1) this.#ofOne = stocklist;
    return stocklist;
  }

  #shareList(demand: Demand): Promise<Stocklist> {
    const { now } = this.#options;
    if (this.#listing !== null && now() - this.#listing.askedAt < SHARE_LIST_MS) return this.#listing.list;
    const list = this.#send(1, demand).then((stocklist) => {
      this.#withList = { stocklist, arrivedAt: now() };
      return stocklist;
    });
    const listing = { list, askedAt: now() };
    this.#listing = listing;
    list.catch(() => {
      if (this.#listing === listing) this.#listing = null;
    });
    return list;
  }

  /**
   * Returns a recent answer for pods of one GPU, from memory or from RunPod. Returns `null` if there is no recent answer and RunPod cannot
   * be read.
   */
  async #readStillListed(demand: Demand): Promise<Stocklist | null> {
    const recent = this.#ofOneWithin(LISTED_MS);
    if (recent !== null) return recent;
    try {
      return await this.readList(demand);
    } catch (error) {
      if (!(error instanceof UpstreamError) || error instanceof ClientLimitedError) throw error;
      return this.#ofOneWithin(LISTED_AT_MOST_MS);
    }
  }

  /** Returns the latest answer for pods of one GPU if it is younger than `ms` milliseconds, else `null`. */
  #ofOneWithin(ms: number): Stocklist | null {
    return this.#ofOne !== null && this.#options.now() - this.#ofOne.askedAt < ms ? this.#ofOne : null;
  }
}
