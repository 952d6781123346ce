import { dollars } from '../format/price.ts';
import type { PlacementNeeds } from '../graphql/graphql.ts';
import type { Placement } from './find.ts';
import { EMPTY_FORM, type Form } from './form.ts';

type ReportedRelaxation = Placement['relaxations'][number];

/** A change to the form that removes one need. */
interface Change {
  /** The name of the removed need, such as 'the price limit'. */
  readonly text: string;
  readonly change: Partial<Form>;
}

const PLACE: Partial<Form> = { place: EMPTY_FORM.place };
const MEMORY: Partial<Form> = { memory: EMPTY_FORM.memory, memoryOf: EMPTY_FORM.memoryOf };

/** For each need, the change to the form that removes this need. */
const CHANGES: Readonly<Record<string, Change>> = {
  gpuCount: { text: 'the number of GPUs', change: { count: EMPTY_FORM.count } },
  minMemoryGb: { text: 'the memory per GPU', change: MEMORY },
  minTotalMemoryGb: { text: 'the memory per pod', change: MEMORY },
  gpuTypeIds: { text: 'the GPU type', change: { gpu: EMPTY_FORM.gpu } },
  maxPricePerHour: { text: 'the price limit', change: { price: EMPTY_FORM.price } },
  regions: { text: 'the region', change: PLACE },
  countryCodes: { text: 'the country', change: PLACE },
  dataCenterIds: { text: 'the data center', change: PLACE },
  networkVolume: { text: 'the network volume', change: { networkVolume: false } },
  globalNetwork: { text: 'the global network', change: { globalNetwork: false } },
  compliance: { text: 'the certifications', change: { certifications: [] } },
};

/** A button that drops one need. */
export interface Relaxation {
  readonly need: string;
  /** What the button says: 'Without the price limit: 12 options, from $1.79/h'. */
  readonly text: string;
  readonly change: Partial<Form>;
}

/**
 * Returns a button for each need in `reported`. If one of these needs were dropped, the gateway would find further pods. A need that the
 * form cannot drop gets no button.
 */
export function relaxationsOf(reported: readonly ReportedRelaxation[]): readonly Relaxation[] {
  return reported.flatMap(({ need, options, cheapest }) => {
    const known = CHANGES[need];
    if (known === undefined) return [];
    const count = options === 1 ? '1 option' : `${options} options`;
    const price = cheapest === null ? '' : `, from ${dollars(cheapest.perPod)}/h`;
    return { need, text: `Without ${known.text}: ${count}${price}`, change: known.change };
  });
}

/**
 * Returns a button for each need of a query. The button removes the need. Used if the gateway does not report how many pods it would find
 * without each need.
 */
export function dropsOf(needs: PlacementNeeds): readonly Relaxation[] {
  return Object.keys(needs).flatMap((need) => {
    const known = CHANGES[need];
    return known === undefined ? [] : { need, text: `Without ${known.text}`, change: known.change };
  });
}
