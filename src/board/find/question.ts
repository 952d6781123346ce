import type { BoardFindQueryVariables, PlacementNeeds, Region } from '../graphql/graphql.ts';
import type { GpuType } from '../state/lists.ts';
import type { Form } from './form.ts';

/** The variables of the query for pods: the visitor's needs, the order, and the maximum number of pods. */
export type Question = Pick<BoardFindQueryVariables, 'needs' | 'prefer' | 'first'>;

/**
 * Converts a form to the variables of the query for pods. `gpuTypes` is the list of all GPU types, in which the form's `gpu` is looked up.
 */
export function questionOf(form: Form, gpuTypes: readonly GpuType[]): Question {
  return { needs: needsOf(form, gpuTypes), prefer: form.prefer, first: form.first };
}

function needsOf(form: Form, gpuTypes: readonly GpuType[]): PlacementNeeds {
  const gpu = form.gpu.trim();
  return {
    ...(form.count !== '' && { gpuCount: Number(form.count) }),
    ...(form.memory !== '' && { [form.memoryOf === 'pod' ? 'minTotalMemoryGb' : 'minMemoryGb']: Number(form.memory) }),
    // A text that matches no GPU type is sent unchanged. The gateway rejects it with a message that explains the problem.
    ...(gpu !== '' && { gpuTypeIds: idsOr(gpu, matchGpuTypes(gpu, gpuTypes)) }),
    ...(form.price !== '' && { maxPricePerHour: Number(form.price) }),
    ...placeNeed(form.place),
    ...(form.networkVolume && { networkVolume: true }),
    ...(form.globalNetwork && { globalNetwork: true }),
    ...(form.certifications.length > 0 && { compliance: form.certifications }),
  };
}

const idsOr = (text: string, found: readonly GpuType[]): readonly string[] =>
  found.length === 0 ? [text] : found.map(({ id }) => id);

function placeNeed(place: string): PlacementNeeds {
  const value = place.slice(place.indexOf('=') + 1);
  if (place.startsWith('country=')) return { countryCodes: [value] };
  if (place.startsWith('datacenter=')) return { dataCenterIds: [value] };
  // The cast is not checked here, because the gateway rejects a region that it does not know.
  return place.startsWith('region=') ? { regions: [value as Region] } : {};
}

/**
 * Returns the GPU types whose id or display name is the text. If there are none, returns those whose display name contains all words of the
 * text. So 'L4' matches only the L4, and not the L40. Case, white space and hyphens are ignored.
 */
export function matchGpuTypes(text: string, gpuTypes: readonly GpuType[]): readonly GpuType[] {
  const wanted = joined(text);
  const named = gpuTypes.filter(({ id, displayName }) => [id, displayName].some((name) => joined(name) === wanted));
  if (named.length > 0) return named;
  const words = text.toLowerCase().split(/[\s-]+/);
  return gpuTypes.filter(({ displayName }) => words.every((word) => joined(displayName).includes(word)));
}

/** Returns a text in lower case, without white space and hyphens. */
const joined = (text: string): string => text.toLowerCase().replace(/[\s-]/g, '');
