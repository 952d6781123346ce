import type { Demand, SourceCatalog } from '../domain/catalog.ts';
import { maySpare } from '../domain/client.ts';
import type { Cell, ObservationRequest } from '../domain/observation.ts';
import { bringsSpot, spotAgeMs } from './known-spot.ts';
import { type Merge, type ObservationRenewalDeps, renewableObservation, toLoaded } from './observation-renewal.ts';
import { remember, supplement } from './remembered-observation.ts';
import type { RenewingCache } from './renewing-cache.ts';
import type { Supplied } from './supplement-tries.ts';
import type { Supplements } from './supplements.ts';

/** Dependencies of `requestSupplement`. */
export interface SupplementRequestsDeps {
  readonly source: Pick<SourceCatalog, 'supplementOf'>;
  readonly cache: RenewingCache;
  readonly supplements: Supplements;
  readonly renewal: ObservationRenewalDeps;
  /**
   * Called for each remembered cell about which the second source has answered. This source reports spot prices and pod sizes. `cell` is
   * the remembered cell, and `added` is the cell from the second source.
   */
  readonly onSupplemented: (cell: Cell, added: Cell) => void;
}

/**
 * Queues a request to the second source, which reports spot prices and pod sizes. Does nothing if there is no second source, or if no
 * request is due. The request counts against the budgets of the clients of `demand`. It is sent only if one of them has at least half of
 * its budget left.
 */
export function requestSupplement(
  deps: SupplementRequestsDeps,
  request: ObservationRequest,
  demand: Pick<Demand, 'clients'>,
): void {
  const { source, cache, supplements, renewal } = deps;
  const other = source.supplementOf(request);
  if (other === null || !maySpare(demand)) return;
  const { clients } = demand;
  const renewable = renewableObservation(renewal, request);
  supplements.request(renewable.key, async (unpaid) => {
    // The request may have become unnecessary while it was queued, for example because another replica has sent it.
    const known = (await cache.lookUp(renewable))?.look();
    if (known === undefined || spotAgeMs(known.latest, renewal.now()) < supplements.periodMs) return 'not asked';
    if (!maySpare({ clients })) return 'postponed';
    let supplied: Supplied = 'not asked';
    const load = async (shared: Demand) => {
      const answer = await other.observe(request, shared);
      supplied = answer.some(bringsSpot) ? 'something' : 'nothing';
      const loaded = toLoaded(renewal, request, answer, addSupplement(deps));
      return loaded.map((one) => ({ ...one, isAddition: true }));
    };
    const addition = { ...renewable, load, loadName: () => `+${other.loadName}`, onFailed: () => {} };
    await cache.renew(addition, { ...unpaid, clients });
    return supplied;
  });
}

/** Returns the function that merges the second source's answer into the remembered observation. */
const addSupplement =
  ({ onSupplemented }: SupplementRequestsDeps): Merge =>
  (answer, before) => {
    if (before === undefined) return remember(answer, before);
    const addedById = new Map(answer.cells.map((cell) => [cell.dataCenterId, cell]));
    for (const cell of before.latest.cells) {
      const added = addedById.get(cell.dataCenterId);
      if (added !== undefined) onSupplemented(cell, added);
    }
    return supplement(answer, before);
  };
