import * as fc from 'fast-check';
import { readRecording20251114 } from './recording-2025-11-14.ts';
import type { Level, World, WorldDataCenter, WorldGpuType, WorldStock } from './world.ts';

type Stocked = Exclude<Level, 'NONE'>;

/** A row in the recorded list of GPU types, with the properties that a world uses. */
interface RecordedGpuType {
  readonly id: string;
  readonly displayName: string;
  readonly memoryInGb: number;
  readonly maxGpuCount: number | null;
  readonly secureCloud: boolean;
  readonly communityCloud: boolean;
  readonly securePrice: number;
  readonly communityPrice: number;
}

/**
 * Returns the world (the state of RunPod) of the recording of 2025-11-14. Flags that are unknown in the recording are false in the world.
 * For pods of more than one GPU, the recording contains no stock levels. Such pods have the level LOW if they are in stock.
 */
export function recordedWorld(): World {
  const { gpuTypes, dataCenters, lowestPrices } = readRecording20251114();
  const rows = gpuTypes as unknown as RecordedGpuType[];
  return {
    gpuTypes: rows.filter(({ id }) => id !== 'unknown').map(toWorldGpuType),
    dataCenters: dataCenters.map((row) => ({
      id: String(row.id),
      networkVolume: row['storageSupport'] === true,
      globalNetwork: row['globalNetwork'] === true,
      compliance: [],
    })),
    stock: lowestPrices.map(({ gpuTypeId, dataCenterId, lowestPrice }) => {
      const sizes = (lowestPrice.availableGpuCounts ?? []).filter((size) => size !== null);
      const level = String(lowestPrice['stockStatus']).toUpperCase() as Stocked;
      return { gpuTypeId, dataCenterId, levels: new Map(sizes.map((size) => [size, size === 1 ? level : 'LOW'])) };
    }),
  };
}

function toWorldGpuType(row: RecordedGpuType): WorldGpuType {
  const most = row.maxGpuCount ?? 0;
  return {
    id: row.id,
    name: row.displayName,
    manufacturer: row.id.startsWith('AMD') ? 'AMD' : 'NVIDIA',
    memoryGb: row.memoryInGb,
    offered: { secure: row.secureCloud, community: row.communityCloud },
    price: { secure: row.securePrice, community: row.communityPrice },
    maxGpuCount: { secure: most, community: most },
  };
}

const PLACES = ['EU-RO', 'US-TX', 'CA-MTL', 'EUR-IS', 'AP-JP', 'SEA-SG', 'OC-AU', 'US-KS'];

/**
 * Returns a world in which most cells are sold out, as at RunPod in August 2026: a quarter of the GPU types have no pods of one GPU in any
 * data center, and three quarters have no pods of eight GPUs.
 */
export function scarceWorld(): World {
  const gpuTypes = Array.from({ length: 48 }, (_, index) => gpuTypeNamed(`NVIDIA Scarce ${index}`, index % 12 !== 0));
  const dataCenters = Array.from({ length: 34 }, (_, index) => dataCenterNamed(`${PLACES[index % 8]}-${index}`));
  const stock = gpuTypes.flatMap(({ id }, type) =>
    dataCenters.flatMap((place, index): WorldStock[] => {
      if (type % 4 === 0 || (type + index) % 5 !== 0) return [];
      const level = LEVELS[(type + index) % 3] ?? 'LOW';
      const sizes = type % 4 === 1 ? [1, 2, 4, 8] : [1, 2];
      return [{ gpuTypeId: id, dataCenterId: place.id, levels: new Map(sizes.map((size) => [size, level])) }];
    }),
  );
  return { gpuTypes, dataCenters, stock };
}

const LEVELS: readonly Stocked[] = ['LOW', 'MEDIUM', 'HIGH'];

/** Creates a GPU type. Community cloud offers it, and secure cloud offers it only if `secure` is true. */
export const gpuTypeNamed = (id: string, secure: boolean, price = 0.69): WorldGpuType => ({
  id,
  name: id,
  manufacturer: id.startsWith('AMD') ? 'AMD' : 'NVIDIA',
  memoryGb: 24,
  offered: { secure, community: true },
  price: { secure: price, community: price },
  maxGpuCount: { secure: 8, community: 8 },
});

/** Creates a data center. The data center has network volumes, but is not on the global network. */
export const dataCenterNamed = (id: string): WorldDataCenter => ({
  id,
  networkVolume: true,
  globalNetwork: false,
  compliance: ['GDPR'],
});

/** Generates small worlds, with random stock and with arbitrary texts as ids. */
export const anyWorld: fc.Arbitrary<World> = fc
  .record({
    gpuTypes: listOf(
      fc
        .tuple(anyId('AMD'), fc.boolean(), fc.integer({ min: 1, max: 2000 }))
        .map(([id, secure, cents]) => gpuTypeNamed(id, secure, cents / 100)),
    ),
    dataCenters: listOf(anyId('').map(dataCenterNamed)),
    // Each element is for one GPU type in one data center. It is `null` if there is no stock. Otherwise, it lists the stock levels of all
    // pod sizes, from one GPU up to the largest size in stock.
    cells: fc.array(fc.option(fc.array(fc.constantFrom(...LEVELS), { minLength: 1, maxLength: 8 })), {
      minLength: 25,
      maxLength: 25,
    }),
  })
  .map(({ gpuTypes, dataCenters, cells }) => ({
    gpuTypes,
    dataCenters,
    stock: gpuTypes.flatMap((gpuType, row) =>
      dataCenters.flatMap((place, column): WorldStock[] => {
        const levels = cells[row * 5 + column] ?? [];
        if (!gpuType.offered.secure || levels.length === 0) return [];
        const bySize = new Map(levels.map((level, index) => [index + 1, level]));
        return [{ gpuTypeId: gpuType.id, dataCenterId: place.id, levels: bySize }];
      }),
    ),
  }));

function listOf<Row extends { readonly id: string }>(row: fc.Arbitrary<Row>) {
  return fc.uniqueArray(row, { minLength: 1, maxLength: 5, selector: ({ id }) => id });
}

/** Generates texts that can be ids of GPU types or data centers. Some of them begin with `beginning`. */
function anyId(beginning: string): fc.Arbitrary<string> {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
  return fc
    .oneof(
      text,
      text.map((rest) => `${beginning} ${rest}`),
    )
    .filter((id) => id.trim() !== '' && id !== 'unknown');
}
