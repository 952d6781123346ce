import { z } from 'zod';
import type { DataCentersQuery, GpuTypesQuery, PriceFieldsFragment } from './operations.generated.ts';

/**
 * Schemas of RunPod's responses. RunPod does not guarantee their shape. An attribute of the wrong type counts as absent. A list or a cell
 * of the wrong shape is rejected.
 */
const text = z.string().nullable().catch(null);
const number = z.number().nullable().catch(null);
const flag = z.boolean().nullable().catch(null);

/**
 * The maximum number of rows in a list. It is much higher than the length of any of RunPod's lists. A longer list is rejected before its
 * rows are parsed, because parsing them would take too long.
 */
const MAX_ROWS = 5000;

const list = <Row extends z.ZodType>(row: Row) => z.array(z.unknown()).max(MAX_ROWS).pipe(z.array(row));

/** The response to the GpuTypes operation. */
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

/** The response to the DataCenters operation. The field `compliance` may contain values that RunPod's SDL does not define. */
type DataCentersAnswer = {
  dataCenters: ((Omit<DataCenterRow, 'compliance'> & { compliance: (string | null)[] | null }) | null)[];
};

/** The response to the DataCenters operation. */
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

/** The response to the LowestPrices operation: one GPU type, with its cells by alias. */
export const PricedGpuTypesSchema = z.object({
  gpuTypes: list(z.looseObject({ id: text }).nullable().catch(null)),
});

/** One cell in the response to the LowestPrices operation. */
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
