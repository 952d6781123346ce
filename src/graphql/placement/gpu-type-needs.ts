import type { GpuType } from '../../domain/gpu-type.ts';
import type { SubjectNeed } from '../../domain/placement/needs.ts';
import { gpuTypeCondition } from '../availability/gpu-type-condition.ts';
import type { MaySuggest } from '../availability/gpu-type-name.ts';
import type { PlacementNeeds } from '../types.generated.ts';

/**
 * Returns the client's needs (its requirements) for the GPU type. If a GPU type fails several of them, the first one is reported. `all`
 * contains all GPU types, in which ids are looked up.
 * @throws {InvalidArgumentError} if a need is not valid.
 */
export function gpuTypeNeeds(
  { gpuTypeIds, manufacturer, minMemoryGb }: Partial<PlacementNeeds>,
  all: readonly GpuType[],
  maySuggest: MaySuggest,
): readonly SubjectNeed<GpuType>[] {
  const needs: SubjectNeed<GpuType>[] = [];
  const conditionOf = (condition: Parameters<typeof gpuTypeCondition>[1]) =>
    gpuTypeCondition(null, condition, all, maySuggest);
  if (gpuTypeIds != null) {
    needs.push({
      name: 'gpuTypeIds',
      reason: 'OTHER_GPU_TYPE',
      isMet: conditionOf({ gpuTypeIds }),
      explain: () => 'It is not one of the requested GPU types.',
    });
  }
  if (manufacturer != null) {
    needs.push({
      name: 'manufacturer',
      reason: 'OTHER_GPU_TYPE',
      isMet: conditionOf({ manufacturer }),
      explain: (gpuType) => `Its manufacturer is ${gpuType.manufacturer}; ${manufacturer} was needed.`,
    });
  }
  if (minMemoryGb != null) {
    const needed = `${minMemoryGb} GB per GPU were needed.`;
    needs.push({
      name: 'minMemoryGb',
      reason: 'TOO_LITTLE_MEMORY',
      isMet: conditionOf({ minMemoryGb }),
      explain: ({ memoryGb }) =>
        memoryGb === null ? `RunPod does not report its memory; ${needed}` : `It has ${memoryGb} GB per GPU; ${needed}`,
    });
  }
  return needs;
}
