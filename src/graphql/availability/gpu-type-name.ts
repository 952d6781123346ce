import { InvalidArgumentError } from '../../domain/errors.ts';
import type { GpuType } from '../../domain/gpu-type.ts';
import { fold, MAX_NAME_LENGTH, quote, squash } from '../names.ts';
import { nearestGpuTypes } from './nearest-gpu-types.ts';

/** Returns whether an error about this unknown name may suggest similar names. */
export type MaySuggest = (name: string) => boolean;

/**
 * Finds the GPU type that a client means. Compares `name` in this order, until there is a match:
 * - with the ids,
 * - with the ids in any letter case,
 * - with the display names in any letter case,
 * - with ids and display names in any letter case, without white space and hyphens.
 * @throws {InvalidArgumentError} if no GPU type matches (the message may suggest similar names), or if several match.
 */
export function findGpuType(name: string, gpuTypes: readonly GpuType[], maySuggest: MaySuggest): GpuType {
  const [found, ...others] = namedSo(name, indexOf(gpuTypes));
  if (found === undefined) throw unknownGpuType(name, gpuTypes, maySuggest);
  if (others.length > 0) {
    const ids = [found, ...others].map(({ id }) => `'${id}'`).join(', ');
    throw new InvalidArgumentError(`More than one GPU type matches ${quote(name)}. Use one of these ids: ${ids}.`);
  }
  return found;
}

function namedSo(name: string, { byId, byFoldedId, byFoldedName, bySquashedName }: Index): readonly GpuType[] {
  const exact = byId.get(name);
  if (exact !== undefined || name.length > MAX_NAME_LENGTH) return exact ?? [];
  const folded = fold(name);
  return byFoldedId.get(folded) ?? byFoldedName.get(folded) ?? bySquashedName.get(squash(name)) ?? [];
}

/** Lookup tables for a list of GPU types: by exact id, and by id or display name in normalised forms. */
interface Index {
  readonly byId: ReadonlyMap<string, readonly GpuType[]>;
  readonly byFoldedId: ReadonlyMap<string, readonly GpuType[]>;
  readonly byFoldedName: ReadonlyMap<string, readonly GpuType[]>;
  /** GPU types by id and by display name, both without white space and hyphens. */
  readonly bySquashedName: ReadonlyMap<string, readonly GpuType[]>;
}

const indexes = new WeakMap<readonly GpuType[], Index>();

/** Returns the lookup tables of a list. They are created only once for each list (by identity). */
function indexOf(gpuTypes: readonly GpuType[]): Index {
  const index = indexes.get(gpuTypes) ?? {
    byId: groupBy(gpuTypes, ({ id }) => [id]),
    byFoldedId: groupBy(gpuTypes, ({ id }) => [fold(id)]),
    byFoldedName: groupBy(gpuTypes, ({ displayName }) => [fold(displayName)]),
    bySquashedName: groupBy(gpuTypes, ({ id, displayName }) => [squash(id), squash(displayName)]),
  };
  indexes.set(gpuTypes, index);
  return index;
}

/** Groups GPU types by name. Empty names are left out, so that an empty search text finds nothing. */
function groupBy(
  gpuTypes: readonly GpuType[],
  namesOf: (gpuType: GpuType) => readonly string[],
): Map<string, GpuType[]> {
  const groups = new Map<string, GpuType[]>();
  for (const gpuType of gpuTypes) {
    for (const name of new Set(namesOf(gpuType))) {
      if (name !== '') groups.set(name, [...(groups.get(name) ?? []), gpuType]);
    }
  }
  return groups;
}

/** Creates the error for an unknown name. The error suggests similar names if `maySuggest` allows it. */
function unknownGpuType(name: string, gpuTypes: readonly GpuType[], maySuggest: MaySuggest): InvalidArgumentError {
  if (!maySuggest(name)) return withoutSuggestion(name);
  const nearest = nearestGpuTypes(name, gpuTypes).map(({ displayName, id }) =>
    displayName === id ? `'${id}'` : `'${displayName}' (id '${id}')`,
  );
  return unknown(
    name,
    nearest,
    gpuTypes.map(({ displayName }) => displayName),
  );
}

/** Creates the error for an unknown id. The error suggests similar ids if `maySuggest` allows it. */
export function unknownGpuTypeId(
  id: string,
  gpuTypes: readonly GpuType[],
  maySuggest: MaySuggest,
): InvalidArgumentError {
  if (!maySuggest(id)) return withoutSuggestion(id);
  const nearest = nearestGpuTypes(id, gpuTypes).map((gpuType) => `'${gpuType.id}'`);
  return unknown(
    id,
    nearest,
    gpuTypes.map((gpuType) => gpuType.id),
  );
}

const withoutSuggestion = (name: string) =>
  new InvalidArgumentError(`Unknown GPU type ${quote(name)}. Query gpuTypes for the GPU types that RunPod lists.`);

function unknown(name: string, nearest: readonly string[], all: readonly string[]): InvalidArgumentError {
  const hint = nearest.length === 0 ? `RunPod lists ${all.join(', ')}.` : `Did you mean ${nearest.join(', ')}?`;
  return new InvalidArgumentError(`Unknown GPU type ${quote(name)}. ${hint}`);
}
