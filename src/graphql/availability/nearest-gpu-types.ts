import { LRUCache } from 'lru-cache';
import type { GpuType } from '../../domain/gpu-type.ts';
import { typingCost } from '../../typing-cost.ts';
import { squash } from '../names.ts';

/** The maximum number of suggested GPU types. */
const NEAREST = 3;

/** The maximum number of characters of a name that are compared with another name. RunPod's longest name is shorter. */
const MAX_COMPARED = 50;

/** The maximum number of GPU types that a name is compared with: several times as many as RunPod has. */
const MAX_TYPES = 300;

/**
 * The maximum number of wrong names whose nearest GPU types are cached, for each list of GPU types. A cache is useful because an operation
 * may repeat a wrong name in each of its fields.
 */
const MAX_KEPT = 100;

/**
 * The extra cost of a GPU type whose memory differs from the memory in the typed name. One typing mistake costs about 1. So GPU types with
 * the typed memory come first, even if their names differ by one or two letters.
 */
const OTHER_MEMORY = 2;

/** A way to simplify names before they are compared. */
interface Reading {
  readonly read: (name: string) => string;
  /** The additional cost of a match that this simplification finds. One typing mistake costs about 1. */
  readonly cost: number;
}

const READINGS: readonly Reading[] = [
  { read: squash, cost: 0 },
  { read: (name) => squash(withoutCommonWords(name)), cost: 0 },
  // This simplification sorts the words of a name, so that 'RTX 6000 PRO' matches 'RTX PRO 6000'.
  {
    read: (name) =>
      withoutCommonWords(name)
        .toLowerCase()
        .split(/[\s-]+/)
        .toSorted()
        .join(''),
    cost: 0.5,
  },
];

/** Words that do not identify a chip: its maker, product line, generation and memory. */
const COMMON_WORDS = /nvidia|geforce|tesla|amd|instinct|generation|blackwell|edition|gpu|\b\d+ ?gb?\b/gi;

const withoutCommonWords = (name: string): string => name.replace(COMMON_WORDS, '');

/** A GPU type, and its simplified names, one set for each way to simplify names. */
interface Spellings {
  readonly gpuType: GpuType;
  readonly byReading: readonly ReadonlySet<string>[];
}

interface Index {
  readonly spellings: readonly Spellings[];
  /** The results of earlier calls: the nearest GPU types, by the name that was typed. */
  readonly kept: LRUCache<string, readonly GpuType[]>;
}

const indexes = new WeakMap<readonly GpuType[], Index>();

/** Returns the GPU types whose names are most similar to a misspelled name, the most similar first. The list may be empty. */
export function nearestGpuTypes(name: string, gpuTypes: readonly GpuType[]): readonly GpuType[] {
  const typed = name.trim().slice(0, MAX_COMPARED);
  const { spellings, kept } = indexOf(gpuTypes);
  const nearest = kept.get(typed) ?? findNearest(typed, spellings);
  kept.set(typed, nearest);
  return nearest;
}

/** Returns the prepared names of a list of GPU types. They are created only once for each list (by identity). */
function indexOf(gpuTypes: readonly GpuType[]): Index {
  const index = indexes.get(gpuTypes) ?? {
    spellings: gpuTypes.slice(0, MAX_TYPES).map(toSpellings),
    kept: new LRUCache<string, readonly GpuType[]>({ max: MAX_KEPT }),
  };
  indexes.set(gpuTypes, index);
  return index;
}

function toSpellings(gpuType: GpuType): Spellings {
  const { id, displayName, manufacturer } = gpuType;
  const names = [id, displayName, `${manufacturer} ${displayName}`].map((name) => name.slice(0, MAX_COMPARED));
  return { gpuType, byReading: READINGS.map(({ read }) => new Set(names.map(read))) };
}

function findNearest(typed: string, spellings: readonly Spellings[]): readonly GpuType[] {
  const readings = READINGS.map(({ read, cost }) => ({ text: read(typed), cost }));
  const memoryGb = Number(/\b(\d+) ?gb?\b/i.exec(typed)?.[1]);
  const isKnown = spellings.some(({ gpuType }) => gpuType.memoryGb === memoryGb);
  const costTo = ({ gpuType, byReading }: Spellings): number => {
    const costs = readings.flatMap(({ text, cost }, index) =>
      [...(byReading[index] ?? [])].map((name) => cost + costOf(text, name)),
    );
    return Math.min(...costs) + (isKnown && gpuType.memoryGb !== memoryGb ? OTHER_MEMORY : 0);
  };
  return spellings
    .map((known) => ({ gpuType: known.gpuType, cost: costTo(known) }))
    .filter(({ cost }) => Number.isFinite(cost))
    .toSorted((a, b) => a.cost - b.cost)
    .slice(0, NEAREST)
    .map(({ gpuType }) => gpuType);
}

/** A typed name counts as similar if its typing cost is below this value. The typing cost is about the number of typing mistakes. */
const NEAR = 2;
/**
 * A typed name also counts as similar if its typing cost, divided by the number of typed letters, is below this value. For long names, this
 * allows more mistakes than `NEAR`.
 */
const NEAR_BY_LETTER = 0.35;

/**
 * Returns the cost of typing `typed` in place of `name`. Returns infinity if the two texts are not similar, or have no letter in common.
 */
function costOf(typed: string, name: string): number {
  const cost = typingCost(typed, name);
  const isNear = cost < Math.max(NEAR, NEAR_BY_LETTER * typed.length);
  return isNear && cost < typingCost(typed, '') + typingCost('', name) ? cost : Number.POSITIVE_INFINITY;
}
