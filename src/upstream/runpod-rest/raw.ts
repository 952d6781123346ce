import { z } from 'zod';

/**
 * Schemas for the parts of RunPod's REST API v2 that the gateway reads. The folder schema/ has the full description. An attribute of the
 * wrong type counts as absent, and unknown attributes are ignored. A response whose list has the wrong shape is rejected.
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

/**
 * The maximum number of rows in a list. It is much higher than the length of any of RunPod's lists. A longer list is rejected before its
 * rows are parsed, because parsing them would take too long.
 */
const MAX_ROWS = 5000;

const list = <Row extends z.ZodType>(row: Row) =>
  z
    .array(z.unknown())
    .max(MAX_ROWS)
    .pipe(z.array(row.nullable().catch(null)));

/** A value for secure cloud and a value for community cloud. Both are `null` if the object is absent or malformed. */
const perCloud = z
  .object({ secure: number, community: number })
  .nullish()
  .catch(null)
  .transform((value) => value ?? { secure: null, community: null });

/** The value that replaces a malformed list of data centers. */
export const UNREADABLE = 'unreadable';

/**
 * The data centers of a GPU type. This is a list, `null` if RunPod sends no list, or `UNREADABLE` for a malformed list. An absent list can
 * mean that there are no data centers, but a malformed list cannot.
 */
const dataCentersOrUnreadable = z
  .union([
    list(z.object({ id: text, name: text, availability: text })).nullish(),
    z.unknown().transform((): typeof UNREADABLE => UNREADABLE),
  ])
  .transform((value) => value ?? null);

/**
 * Whether the list continues on another page. The response is then incomplete. So far, the lists that the gateway reads have had only one
 * page. RunPod's lists of pods have several pages in this format.
 */
const hasNextPage = z
  .object({ hasNextPage: flag, nextCursor: text })
  .nullish()
  .catch(null)
  .transform((value) => value?.hasNextPage ?? (value?.nextCursor ?? '') !== '');

/** A response of `/catalog/gpus` with `include=AVAILABILITY`. */
export const GpusSchema = z.object({
  pagination: hasNextPage,
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
      availability: text,
      dataCenters: dataCentersOrUnreadable,
    }),
  ),
});

/** A response of `/catalog/datacenters`. */
export const DataCentersSchema = z.object({
  pagination: hasNextPage,
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
