import { rowId } from '../row-id.ts';
import type { GpuAvailabilityResolvers } from '../types.generated.ts';

export const gpuAvailability: GpuAvailabilityResolvers = { id: rowId };
