import { z } from 'zod';

/**
 * The shapes of the answers of RunPod's REST API v2, as far as the gateway reads them; schema/ describes them. An attribute of
 * another type counts as absent, and unknown attributes are ignored. An answer whose list has another shape is refused.
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

/** Stands for a list of data centers that is there, but is no list. */
export const UNREADABLE = 'unreadable';

/** The data centers of a GPU type, `null` where RunPod leaves them out, or `UNREADABLE`: only an absent list can mean "none". */
const placesOrUnreadable = z
  .union([
    list(z.object({ id: text, name: text, availability: text })).nullish(),
    z.unknown().transform((): typeof UNREADABLE => UNREADABLE),
  ])
  .transform((value) => value ?? null);

/**
 * Whether a further page follows the answer. RunPod's lists of pods say so in this way. The catalog has had no pages so far; one
 * that has is not whole.
 */
const hasNextPage = z
  .object({ hasNextPage: flag, nextCursor: text })
  .nullish()
  .catch(null)
  .transform((value) => value?.hasNextPage ?? (value?.nextCursor ?? '') !== '');

/** Answer of `/catalog/gpus`, with `include=AVAILABILITY`. */
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
      dataCenters: placesOrUnreadable,
    }),
  ),
});

/** Answer of `/catalog/datacenters`. */
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
