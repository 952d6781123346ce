import { z } from 'zod';
import type { DataCentersQuery, GpuTypesQuery, PriceFieldsFragment } from './operations.generated.ts';

/**
 * The shapes of RunPod's answers. RunPod promises nothing about them, so an attribute of another type than its SDL says
 * counts as not told, while a list or a cell of another shape is refused.
 */
const text = z.string().nullable().catch(null);
const number = z.number().nullable().catch(null);
const flag = z.boolean().nullable().catch(null);

/** A list much longer than any of RunPod's is refused before its rows are read, since reading them would take long. */
const MAX_ROWS = 5000;

const list = <Row extends z.ZodType>(row: Row) => z.array(z.unknown()).max(MAX_ROWS).pipe(z.array(row));

/** Answer to the GpuTypes operation. */
export const GpuTypesSchema = z.object({
  gpuTypes: list(
    z
      .object({
        id: text,
        displayName: text,
        manufacturer: text,
        memoryInGb: number,
        maxGpuCount: number,
        secureCloud: flag,
        communityCloud: flag,
        securePrice: number,
        communityPrice: number,
      })
      .nullable()
      .catch(null),
  ),
}) satisfies z.ZodType<GpuTypesQuery>;

type DataCenterRow = NonNullable<NonNullable<DataCentersQuery['dataCenters']>[number]>;

/** RunPod's SDL names the certifications of today; answers may hold others. */
type DataCentersAnswer = {
  dataCenters: ((Omit<DataCenterRow, 'compliance'> & { compliance: (string | null)[] | null }) | null)[];
};

/** Answer to the DataCenters operation. */
export const DataCentersSchema = z.object({
  dataCenters: list(
    z
      .object({
        id: text,
        name: text,
        location: text,
        storageSupport: flag,
        globalNetwork: flag,
        listed: flag,
        compliance: z.array(text).nullable().catch(null),
      })
      .nullable()
      .catch(null),
  ),
}) satisfies z.ZodType<DataCentersAnswer>;

/** One GPU type with its cells under their aliases. */
export const PricedGpuTypesSchema = z.object({
  gpuTypes: list(z.looseObject({ id: text }).nullable().catch(null)),
});

/** One cell. */
export const PriceFieldsSchema = z
  .object({
    stockStatus: z.string().nullable(),
    uninterruptablePrice: z.number().nullable(),
    minimumBidPrice: z.number().nullable(),
    availableGpuCounts: z.array(number).nullable().catch(null),
  })
  .nullable() satisfies z.ZodType<PriceFieldsFragment | null>;

/** A GPU type as RunPod lists it. */
export type RawGpuType = z.infer<typeof GpuTypesSchema>['gpuTypes'][number];

/** A data center as RunPod lists it. */
export type RawDataCenter = z.infer<typeof DataCentersSchema>['dataCenters'][number];
