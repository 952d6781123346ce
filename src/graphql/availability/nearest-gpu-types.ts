import { LRUCache } from 'lru-cache';
import type { GpuType } from '../../domain/gpu-type.ts';
import { squash } from '../names.ts';
import { typingCost } from '../typing-cost.ts';

/** How many are returned at most. */
const NEAREST = 3;

/** Characters of a name that are compared, be it a client's or RunPod's; the rest is ignored. RunPod's longest name has fewer. */
const MAX_COMPARED = 50;

/** GPU types that are compared at most: several times what RunPod has. */
const MAX_TYPES = 300;

/** Typed names whose result is kept for a list: an operation may repeat one in each of its fields. */
const MAX_KEPT = 100;

/** A GPU type with another memory size than the typed one comes after all that differ by one or two letters. */
const OTHER_MEMORY = 2;

/** A way to read a name, for comparison with other names read in the same way. */
interface Reading {
  readonly read: (name: string) => string;
  /** What it adds to the cost of a name, in typing mistakes. */
  readonly cost: number;
}

const READINGS: readonly Reading[] = [
  { read: squash, cost: 0 },
  { read: (name) => squash(withoutCommonWords(name)), cost: 0 },
  // In any order of words: 'RTX 6000 PRO' for 'RTX PRO 6000'.
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

/** Words that say who made a chip, for what and with how much memory, but not which chip it is. */
const COMMON_WORDS = /nvidia|geforce|tesla|amd|instinct|generation|blackwell|edition|gpu|\b\d+ ?gb?\b/gi;

const withoutCommonWords = (name: string): string => name.replace(COMMON_WORDS, '');

/** A GPU type and, for each reading, all that it may be called. */
interface Spellings {
  readonly gpuType: GpuType;
  readonly byReading: readonly ReadonlySet<string>[];
}

interface Index {
  readonly spellings: readonly Spellings[];
  /** Results by typed name. */
  readonly kept: LRUCache<string, readonly GpuType[]>;
}

const indexes = new WeakMap<readonly GpuType[], Index>();

/** The GPU types whose names are nearest to a misspelled one, the nearest first; none when it resembles no name. */
export function nearestGpuTypes(name: string, gpuTypes: readonly GpuType[]): readonly GpuType[] {
  const typed = name.trim().slice(0, MAX_COMPARED);
  const { spellings, kept } = indexOf(gpuTypes);
  const nearest = kept.get(typed) ?? findNearest(typed, spellings);
  kept.set(typed, nearest);
  return nearest;
}

/** Built once for each list. */
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

/** Costs up to this, or up to this for each typed letter, make names near. Of farther names, a list of all helps more than a guess. */
const NEAR = 2;
const NEAR_BY_LETTER = 0.35;

/** Infinite for names that are far from each other, or have no letter in common. */
function costOf(typed: string, name: string): number {
  const cost = typingCost(typed, name);
  const isNear = cost < Math.max(NEAR, NEAR_BY_LETTER * typed.length);
  return isNear && cost < typingCost(typed, '') + typingCost('', name) ? cost : Number.POSITIVE_INFINITY;
}
