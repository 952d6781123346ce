import { z } from 'zod';

/**
 * The shapes of the answers of RunPod's REST API v2, as far as they are read (https://docs.runpod.io, OpenAPI 2.9). An attribute
 * of another type than it says counts as not told, while a list of another shape is refused. Unknown attributes are passed over.
 */
const text = z
  .string()
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);
const number = z
  .number()
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);
const flag = z
  .boolean()
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

/** A list much longer than any of RunPod's is refused before its rows are read, since reading them would take long. */
const MAX_ROWS = 5000;

const list = <Row extends z.ZodType>(row: Row) =>
  z
    .array(z.unknown())
    .max(MAX_ROWS)
    .pipe(z.array(row.nullable().catch(null)));

/** A value for each cloud; both are `null` when there is no such object. */
const perCloud = z
  .object({ secure: number, community: number })
  .nullish()
  .catch(null)
  .transform((value) => value ?? { secure: null, community: null });

/** Answer of `/catalog/gpus`. `dataCenters` is `null` unless availability was asked for. */
export const GpusSchema = z.object({
  gpus: list(
    z.object({
      id: text,
      name: text,
      manufacturer: text,
      memory: number,
      secure: flag,
      community: flag,
      price: perCloud,
      maxCount: perCloud,
      dataCenters: list(z.object({ id: text, name: text, availability: text }))
        .nullish()
        .catch(null)
        .transform((value) => value ?? null),
    }),
  ),
});

/** Answer of `/catalog/datacenters`. */
export const DataCentersSchema = z.object({
  dataCenters: list(
    z.object({
      id: text,
      name: text,
      region: text,
      globalNetwork: flag,
      networkVolumeTypes: z.array(z.unknown()).nullish().catch(null),
      compliance: z.array(text).nullish().catch(null),
    }),
  ),
});

/** A GPU type as RunPod lists it. */
export type RawGpu = NonNullable<z.infer<typeof GpusSchema>['gpus'][number]>;

/** A data center as RunPod lists it. */
export type RawDataCenter = NonNullable<z.infer<typeof DataCentersSchema>['dataCenters'][number]>;
