import { encodeId } from '../row-id.ts';
import type { Subjects } from '../subjects.ts';

/** The maximum size of a field's values. */
export interface Longest {
  /** The size of the longest value as JSON, in bytes. */
  readonly bytes: number;
  /** The maximum number of items in a list that the field returns; 0 if the field is not a list. */
  readonly items: number;
}

/** The maximum size of each field whose length depends on RunPod's data, by `Type.field`. */
export type LongestValues = ReadonlyMap<string, Longest>;

const GPU_TYPE_FIELDS = ['id', 'displayName'] as const;
const DATA_CENTER_FIELDS = ['id', 'name', 'countryCode', 'location', 'compliance'] as const;

/**
 * The size of the body of a request that creates a pod, without the ids, in bytes. The body is JSON inside a JSON string, so its quotes are
 * escaped.
 */
const CREATE_REQUEST_BYTES = 220;

/**
 * The size of a row's id without the ids of the GPU type and data center, in bytes. It includes separators, quotes and the number of GPUs.
 */
const ROW_ID_JOINTS = 6;

const known = new WeakMap<Subjects['gpuTypes'], WeakMap<Subjects['dataCenters'], LongestValues>>();

/**
 * Returns the longest values of the fields of GPU types and data centers. The result for a pair of lists (by identity) is calculated only
 * once.
 */
export function longestValues({ gpuTypes, dataCenters }: Subjects): LongestValues {
  const byDataCenters = known.get(gpuTypes) ?? new WeakMap<Subjects['dataCenters'], LongestValues>();
  known.set(gpuTypes, byDataCenters);
  const values = byDataCenters.get(dataCenters) ?? measure({ gpuTypes, dataCenters });
  byDataCenters.set(dataCenters, values);
  return values;
}

function measure({ gpuTypes, dataCenters }: Subjects): LongestValues {
  const rowId =
    longest(gpuTypes.map(({ id }) => encodeId(id))).bytes + longest(dataCenters.map(({ id }) => encodeId(id))).bytes;
  return new Map<string, Longest>([
    ...GPU_TYPE_FIELDS.map((field) => [`GpuType.${field}`, longest(gpuTypes.map((one) => one[field]))] as const),
    ...DATA_CENTER_FIELDS.map(
      (field) => [`DataCenter.${field}`, longest(dataCenters.map((one) => one[field]))] as const,
    ),
    [
      'CreateRequest.body',
      { bytes: CREATE_REQUEST_BYTES + quotedTwice(gpuTypes) + quotedTwice(dataCenters), items: 0 },
    ],
    ['GpuAvailability.id', { bytes: rowId + ROW_ID_JOINTS, items: 0 }],
  ]);
}

/** Returns the size that the longest id has inside a JSON string, in bytes. The quotes around the id are escaped there. */
const quotedTwice = (all: readonly { readonly id: string }[]): number =>
  longest(all.map(({ id }) => JSON.stringify(id))).bytes;

function longest(values: readonly unknown[]): Longest {
  let bytes = NULL_BYTES;
  let items = 0;
  for (const value of values) {
    bytes = Math.max(bytes, bytesOf(value));
    if (Array.isArray(value)) items = Math.max(items, value.length);
  }
  return { bytes, items };
}

const NULL_BYTES = 4;

/** Returns the size of a value as JSON, in bytes. */
export const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value ?? null));
