import Fuse from 'fuse.js';
import { InvalidArgumentError } from '../domain/errors.ts';
import type { GpuType } from '../domain/gpu-type.ts';

/**
 * Finds the GPU type that a client means: by id, else by id in any case, else by display name in any case.
 * @throws {InvalidArgumentError} when there is none, naming the nearest ones, or more than one.
 */
export function findGpuType(name: string, gpuTypes: readonly GpuType[]): GpuType {
  const wanted = fold(name);
  const exact = gpuTypes.filter(({ id }) => id === name);
  const byId = gpuTypes.filter(({ id }) => fold(id) === wanted);
  const byName = gpuTypes.filter(({ displayName }) => fold(displayName) === wanted);
  const [found, ...others] = [exact, byId, byName].find(({ length }) => length > 0) ?? [];
  if (found === undefined) throw unknownGpuType(name, gpuTypes);
  if (others.length > 0) {
    const ids = [found, ...others].map(({ id }) => `'${id}'`).join(', ');
    throw new InvalidArgumentError(`More than one GPU type is named ${quote(name)}. Ask by id: ${ids}.`);
  }
  return found;
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
