import type { PlacementReason } from '../graphql/graphql.ts';
import type { Placement } from './find.ts';

/** The description of each reason for an exclusion. The reasons are in the order in which the gateway checks them. */
const WORDS: Readonly<Record<PlacementReason, string>> = {
  OTHER_GPU_TYPE: 'Another GPU type',
  TOO_LITTLE_MEMORY: 'Too little memory',
  TOO_MANY_GPUS: 'Too many GPUs for one pod',
  NOT_ON_SECURE_CLOUD: 'Not on secure cloud',
  OTHER_DATA_CENTER: 'Data center does not fit',
  NOT_OBSERVED: 'Could not be observed',
  OUT_OF_STOCK: 'Out of stock',
  STOCK_TOO_LOW: 'Too little stock',
  NO_PRICE: 'No price',
  TOO_EXPENSIVE: 'Too expensive',
};

type Exclusion = Placement['excluded'][number];

/** The exclusions for one reason: GPU types, or GPU types in individual data centers. */
export interface ReasonGroup {
  readonly reason: string;
  readonly words: string;
  readonly excluded: readonly Exclusion[];
}

/** The reasons that depend only on the GPU type, not on place, stock or price. */
const OF_GPU_TYPE: readonly string[] = [
  'OTHER_GPU_TYPE',
  'TOO_LITTLE_MEMORY',
  'TOO_MANY_GPUS',
  'NOT_ON_SECURE_CLOUD',
] satisfies PlacementReason[];

/** Whether the needs exclude every GPU type, whatever is in stock. */
export const fitsNoGpuType = ({ excluded }: Pick<Placement, 'excluded'>): boolean =>
  excluded.every(({ reason }) => OF_GPU_TYPE.includes(reason));

/** Groups exclusions by their reason. The groups are in the order in which the gateway checks the reasons. Unknown reasons come last. */
export function groupByReason(excluded: readonly Exclusion[]): readonly ReasonGroup[] {
  const found = new Set(excluded.map(({ reason }): string => reason));
  const words: Readonly<Record<string, string>> = WORDS;
  return [...new Set([...Object.keys(WORDS), ...found])]
    .filter((reason) => found.has(reason))
    .map((reason) => ({
      reason,
      words: words[reason] ?? reason,
      excluded: excluded.filter((one) => one.reason === reason),
    }));
}
