import Fuse from 'fuse.js';
import { InvalidArgumentError } from '../domain/errors.ts';
import type { GpuType } from '../domain/gpu-type.ts';

/**
 * Finds the GPU type that a client means: by id, else by id in any case, else by display name in any case.
 * @throws {InvalidArgumentError} when there is none, naming the nearest ones, or more than one.
 */
export function findGpuType(name: string, gpuTypes: readonly GpuType[]): GpuType {
  const { byId, byFoldedId, byFoldedName } = indexOf(gpuTypes);
  const wanted = fold(name);
  const [found, ...others] = byId.get(name) ?? byFoldedId.get(wanted) ?? byFoldedName.get(wanted) ?? [];
  if (found === undefined) throw unknownGpuType(name, gpuTypes);
  if (others.length > 0) {
    const ids = [found, ...others].map(({ id }) => `'${id}'`).join(', ');
    throw new InvalidArgumentError(`More than one GPU type is named ${quote(name)}. Ask by id: ${ids}.`);
  }
  return found;
}

/** GPU types by what they are called. */
interface Index {
  readonly byId: ReadonlyMap<string, readonly GpuType[]>;
  readonly byFoldedId: ReadonlyMap<string, readonly GpuType[]>;
  readonly byFoldedName: ReadonlyMap<string, readonly GpuType[]>;
}

const indexes = new WeakMap<readonly GpuType[], Index>();

/** Made once for each list. */
function indexOf(gpuTypes: readonly GpuType[]): Index {
  const index = indexes.get(gpuTypes) ?? {
    byId: groupBy(gpuTypes, ({ id }) => id),
    byFoldedId: groupBy(gpuTypes, ({ id }) => fold(id)),
    byFoldedName: groupBy(gpuTypes, ({ displayName }) => fold(displayName)),
  };
  indexes.set(gpuTypes, index);
  return index;
}

function groupBy(gpuTypes: readonly GpuType[], nameOf: (gpuType: GpuType) => string): Map<string, GpuType[]> {
  const groups = new Map<string, GpuType[]>();
  for (const gpuType of gpuTypes) groups.set(nameOf(gpuType), [...(groups.get(nameOf(gpuType)) ?? []), gpuType]);
  return groups;
}

/** An error that names the GPU types nearest to `name`. */
export function unknownGpuType(name: string, gpuTypes: readonly GpuType[]): InvalidArgumentError {
  const nearest = nearestGpuTypes(name, gpuTypes).map(({ displayName, id }) =>
    displayName === id ? `'${id}'` : `'${displayName}' (id '${id}')`,
  );
  const hint =
    nearest.length === 0
      ? `RunPod has ${gpuTypes.map(({ displayName }) => displayName).join(', ')}.`
      : `Did you mean ${nearest.join(', ')}?`;
  return new InvalidArgumentError(`Unknown GPU type ${quote(name)}. ${hint}`);
}

/** A text from a client, safe to repeat in a message. */
export function quote(text: string): string {
  return JSON.stringify(text.length > MAX_NAME_LENGTH ? `${text.slice(0, MAX_NAME_LENGTH)}…` : text);
}

/** Longer than any name of RunPod's; what is beyond is neither compared nor repeated. */
const MAX_NAME_LENGTH = 100;

const NEAREST = 3;

function nearestGpuTypes(name: string, gpuTypes: readonly GpuType[]): readonly GpuType[] {
  const index = new Fuse(gpuTypes, {
    keys: ['displayName', 'id'],
    threshold: 1,
    ignoreLocation: true,
    ignoreFieldNorm: true,
  });
  return index.search(name.trim().slice(0, MAX_NAME_LENGTH), { limit: NEAREST }).map(({ item }) => item);
}

const fold = (text: string) => text.trim().toLowerCase();
