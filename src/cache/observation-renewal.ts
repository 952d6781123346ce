import type { SourceCatalog } from '../domain/catalog.ts';
import { askedOf } from '../domain/clock.ts';
import {
  type Cell,
  isObserved,
  type Observation,
  type ObservationRequest,
  type ObservationScope,
} from '../domain/observation.ts';
import { covers } from './covers.ts';
import { hasNewStock } from './known-spot.ts';
import type { Lifetimes } from './lifetimes.ts';
import { observationKey } from './observation-key.ts';
import { doubt, isComplete, type RememberedObservation, remember, spreadMs } from './remembered-observation.ts';
import type { Loaded, Renewable } from './renewable.ts';
import type { ServedObservations } from './served-observations.ts';
import { isAllSoldOut, type Judgement, judgeSoldOut } from './sold-out.ts';
import type { Kept, Store } from './store.ts';

/**
 * The age at which an answer with failed cells is refreshed, in milliseconds. Until then, its failed cells are served as failed, without
 * another request.
 */
const INCOMPLETE_MS = 15_000;

/**
 * The minimum time between a doubted answer and the second answer that confirms it, as a fraction of `freshMs`. The gateway may doubt an
 * answer that reports everything as sold out.
 */
const CONFIRMED_AFTER = 0.5;

/** A function that merges an answer into the remembered observation. */
export type Merge = (answer: Observation, before: RememberedObservation | undefined) => RememberedObservation;

/** Dependencies of the functions that load and merge observations. */
export interface ObservationRenewalDeps {
  readonly source: Pick<SourceCatalog, 'batchOf' | 'observe'>;
  readonly store: Store;
  readonly served: ServedObservations;
  readonly lifetimes: Lifetimes;
  /** Returns monotonic milliseconds of this process. */
  readonly now: () => number;
  /**
   * Called with the merged cells each time that this replica has merged an answer for a GPU type. Not called while the gateway doubts an
   * answer that reports everything as sold out.
   */
  readonly onObserved: (scope: ObservationScope, cells: readonly Cell[]) => void;
  /** Called with the cells of an observation that another replica made, when this replica first reads it. */
  readonly onObservedElsewhere: (scope: ObservationScope, cells: readonly Cell[]) => void;
  /**
   * Called when an answer reports that everything is sold out, and the gateway doubts it. The gateway keeps serving the known stock until a
   * second answer confirms the first one.
   */
  readonly onDoubt: (gpuCount: number) => void;
  /** Called when a cell with unknown spot price and pod sizes has come into stock. `key` is the cache key of the cell's observation. */
  readonly onNewStock: (key: string) => void;
}

/** Returns how an observation is loaded from the source, and how long it is valid. */
export function renewableObservation(
  deps: ObservationRenewalDeps,
  request: ObservationRequest,
): Renewable<RememberedObservation> {
  const { source, served, lifetimes, onObservedElsewhere, onDoubt } = deps;
  const { freshMs, staleMs } = lifetimes;
  const key = observationKey(request);
  return {
    key,
    loadName: () => source.batchOf(request),
    async load(demand) {
      const answer = await source.observe(request, demand);
      const judgement = isAllSoldOut(answer) ? await judge(deps, answer, request) : 'believed';
      if (judgement === 'newly doubted') onDoubt(request.gpuCount);
      return toLoaded(deps, request, answer, judgement === 'believed' ? remember : doubt);
    },
    onFailed: () => countFailure(deps, request),
    onSeen({ value }) {
      if (served.isRecorded(value)) {
        served.recordRequest(key, value);
        return;
      }
      served.record(key, value);
      onObservedElsewhere(request, value.latest.cells);
    },
    dueAfterMs: (remembered) =>
      (isComplete(remembered) ? freshMs : Math.min(freshMs, INCOMPLETE_MS)) - spreadMs(remembered),
    goodForMs: staleMs,
    mayServe: (remembered, ageMs) =>
      ageMs < INCOMPLETE_MS || isComplete(remembered) || served.recall(remembered).cells.every(isObserved),
    // A doubted answer (one in which everything is suddenly sold out) is not refreshed early, even if it lacks cells: a second answer
    // confirms it only if it is requested some time later.
    lacks: ({ latest, doubted }) => doubted === null && !covers(latest, request),
  };
}

/** Returns the observations of an answer, each with the function that merges it into the cached observation. */
export function toLoaded(
  { served, onObserved, onNewStock }: ObservationRenewalDeps,
  request: ObservationRequest,
  answer: readonly Observation[],
  merge: Merge,
): readonly Loaded<RememberedObservation>[] {
  const observationById = new Map(answer.map((observation) => [observation.gpuTypeId, observation]));
  return request.gpuTypes.flatMap((gpuType) => {
    const observation = observationById.get(gpuType.id);
    if (observation === undefined) return [];
    const scope = { ...request, gpuType };
    const key = observationKey(scope);
    return {
      key,
      ...askedOf(observation),
      merge(kept: Kept<RememberedObservation> | undefined) {
        const before = kept?.value;
        const remembered = merge(observation, before);
        served.record(key, remembered);
        if (hasNewStock(remembered.latest, before?.latest)) onNewStock(key);
        if (remembered.doubted === null) onObserved(scope, remembered.latest.cells);
        return remembered;
      },
    };
  });
}

/** Returns whether to believe an answer that reports everything as sold out. The decision depends on the observations in the store. */
async function judge(
  { store, lifetimes, now }: ObservationRenewalDeps,
  answer: readonly Observation[],
  { gpuTypes, gpuCount }: ObservationRequest,
): Promise<Judgement> {
  const answered = new Set(answer.map(({ gpuTypeId }) => gpuTypeId));
  const keys = gpuTypes.filter(({ id }) => answered.has(id)).map((gpuType) => observationKey({ gpuType, gpuCount }));
  const kept = await Promise.all(keys.map((key) => store.get<RememberedObservation>(key)));
  const before = kept.flatMap((one) => one?.value ?? []);
  return judgeSoldOut(before, answer[0]?.askedAt ?? now(), lifetimes.freshMs * CONFIRMED_AFTER);
}

/** Records a failed request in the statistics: all cells of each GPU type that the request should have observed count as failed. */
function countFailure(
  { source, served }: ObservationRenewalDeps,
  { gpuType, gpuCount, gpuTypes, dataCenters }: ObservationRequest,
): void {
  const batch = source.batchOf({ gpuType, gpuCount });
  for (const other of gpuTypes) {
    const key = { gpuType: other, gpuCount };
    if (source.batchOf(key) === batch) served.statistics.failed(observationKey(key), dataCenters.length);
  }
}
