import * as fc from 'fast-check';
import type { Level, World, WorldStock } from './world.ts';
import { dataCenterNamed, gpuTypeNamed } from './worlds.ts';

/** The regions of the data centers of `movingWorld`, by data center id. */
export const REGIONS: Readonly<Record<string, string>> = {
  'EU-RO-1': 'EUROPE',
  'EUR-IS-1': 'EUROPE',
  'US-TX-1': 'NORTH_AMERICA',
  'CA-MTL-1': 'NORTH_AMERICA',
  'AP-JP-1': 'ASIA',
};

/** The pod sizes whose stock changes. */
export const SIZES = [1, 8] as const;

const TYPES = Array.from({ length: 6 }, (_, index) => `NVIDIA Moving ${index}`);
const PLACES = Object.keys(REGIONS);

/** A cell that always has stock. Otherwise, all cells could be sold out at once, and the gateway would doubt such an answer. */
const ALWAYS_IN_STOCK = { gpuTypeId: 'NVIDIA Moving 0', dataCenterId: 'EU-RO-1' };

/** One change of a world (a state of RunPod). */
export type Move =
  | { readonly what: 'stock'; readonly gpuTypeId: string; readonly dataCenterId: string; readonly levels: Levels }
  | { readonly what: 'price'; readonly gpuTypeId: string }
  | { readonly what: 'sold out'; readonly gpuTypeId: string };

type Levels = WorldStock['levels'];

const anyLevels = fc
  .tuple(
    fc.constantFrom<Level[]>('NONE', 'LOW', 'MEDIUM', 'HIGH'),
    fc.constantFrom<Level[]>('NONE', 'NONE', 'LOW', 'HIGH'),
  )
  .map(([one, eight]) => levelsOf(one, one === 'NONE' ? 'NONE' : eight));

const levelsOf = (one: Level, eight: Level): Levels =>
  new Map(
    [[1, one] as const, [8, eight] as const].flatMap(([size, level]) => (level === 'NONE' ? [] : [[size, level]])),
  );

const anyType = fc.constantFrom(...TYPES);

/** Generates sets of changes. The changes in a set happen at the same moment. */
export const anyMoves: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        what: fc.constant('stock' as const),
        gpuTypeId: anyType,
        dataCenterId: fc.constantFrom(...PLACES),
        levels: anyLevels,
      }),
    },
    { weight: 3, arbitrary: fc.record({ what: fc.constant('price' as const), gpuTypeId: anyType }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('sold out' as const), gpuTypeId: anyType }) },
  ),
  { maxLength: 8 },
);

/** Creates a small world, in which most cells are in stock. The last GPU type is not offered in RunPod's secure cloud. */
export function movingWorld(): World {
  return {
    gpuTypes: TYPES.map((id, index) => gpuTypeNamed(id, index < TYPES.length - 1, 1 + index)),
    dataCenters: PLACES.map(dataCenterNamed),
    stock: TYPES.slice(0, -1).flatMap((gpuTypeId) =>
      PLACES.map((dataCenterId) => ({ gpuTypeId, dataCenterId, levels: levelsOf('MEDIUM', 'LOW') })),
    ),
  };
}

/** Returns the world after the changes `moves`. Prices only rise, so a price from before a price change is never correct again. */
export const moved = (world: World, moves: readonly Move[]): World => moves.reduce(movedOnce, world);

function movedOnce(world: World, move: Move): World {
  const { gpuTypeId } = move;
  if (move.what === 'price') {
    const gpuTypes = world.gpuTypes.map((gpuType) =>
      gpuType.id === gpuTypeId
        ? { ...gpuType, price: { ...gpuType.price, secure: gpuType.price.secure + 0.25 } }
        : gpuType,
    );
    return { ...world, gpuTypes };
  }
  const isMoved = (cell: WorldStock) =>
    cell.gpuTypeId === gpuTypeId &&
    (move.what === 'sold out' || cell.dataCenterId === move.dataCenterId) &&
    !(cell.gpuTypeId === ALWAYS_IN_STOCK.gpuTypeId && cell.dataCenterId === ALWAYS_IN_STOCK.dataCenterId);
  const levels: Levels = move.what === 'stock' ? move.levels : new Map();
  return { ...world, stock: world.stock.map((cell) => (isMoved(cell) ? { ...cell, levels } : cell)) };
}
