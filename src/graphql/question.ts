import { toCountryCode } from '../domain/country.ts';
import type { DataCenter } from '../domain/data-center.ts';
import { InvalidArgumentError, OperationTooComplexError } from '../domain/errors.ts';
import type { GpuType } from '../domain/gpu-type.ts';
import type { Region } from '../domain/region.ts';
import type { Question } from '../domain/report.ts';
import type { RowConditions } from '../domain/row-conditions.ts';
import type { RowOrder } from '../domain/row-order.ts';
import { findGpuType, quote, unknownGpuType } from './gpu-type-name.ts';
import type { GpuAvailabilityFilter, InputMaybe } from './types.generated.ts';

/** Arguments of the fields that ask about availability. What is left out, or null, is no condition. */
export interface AvailabilityArguments {
  readonly region?: InputMaybe<Region>;
  readonly gpuType?: InputMaybe<string>;
  readonly gpuCount: number;
  readonly filter?: InputMaybe<GpuAvailabilityFilter>;
  readonly orderBy?: RowOrder;
  readonly first?: InputMaybe<number>;
}

/** The GPU types and data centers that a field is about: all, or those of its parent. */
export interface Subjects {
  readonly gpuTypes: readonly GpuType[];
  readonly dataCenters: readonly DataCenter[];
}

const MAX_GPU_COUNT = 16;

/**
 * Turns a client's arguments into a question about `subjects`. Names and ids are looked up among `all`.
 * @throws {InvalidArgumentError} for an argument that cannot be meant, so that nothing misspelt gets an empty answer.
 */
export function toQuestion(args: AvailabilityArguments, subjects: Subjects, all: Subjects): Question {
  const { orderBy, first } = args;
  if (first != null && first < 1) throw new InvalidArgumentError(`first is ${first}; it must be 1 or more.`);
  const { ofGpuType, ofDataCenter, ofRow, gpuCount } = toConditions(args, all);
  const dataCenters = narrow(subjects.dataCenters, ofDataCenter);
  return {
    // Where no data center is left, there is nothing to ask.
    gpuTypes: dataCenters.length === 0 ? [] : narrow(subjects.gpuTypes, ofGpuType),
    dataCenters,
    gpuCount,
    conditions: ofRow,
    order: orderBy ?? { field: 'GPU_TYPE', direction: 'ASC' },
    first: first ?? null,
  };
}

const ANY = () => true;

/** Conditions that are the same function whoever asks, and what they left of a list. */
const narrowedBy = new Map<Condition<never>, WeakMap<object, unknown>>();

/** A list that was narrowed before is the same list again, so that what was made for it is found. */
function narrow<T>(list: readonly T[], condition: Condition<T>): readonly T[] {
  if (condition === ANY) return list;
  const narrowed = narrowedBy.get(condition);
  if (narrowed === undefined) return list.filter(condition);
  const left = (narrowed.get(list) as readonly T[] | undefined) ?? list.filter(condition);
  narrowed.set(list, left);
  return left;
}

type Condition<T> = (subject: T) => boolean;

/** What rows must be about, and be. */
export interface Conditions {
  readonly ofGpuType: Condition<GpuType>;
  readonly ofDataCenter: Condition<DataCenter>;
  readonly ofRow: RowConditions;
  readonly gpuCount: number;
}

/**
 * Turns a client's arguments into conditions, which later GPU types and data centers can meet too. Names and ids are looked up
 * among `all`.
 * @throws {InvalidArgumentError} for an argument that cannot be meant.
 */
export function toConditions({ region, gpuType, gpuCount, filter }: AvailabilityArguments, all: Subjects): Conditions {
  if (gpuCount < 1 || gpuCount > MAX_GPU_COUNT) {
    throw new InvalidArgumentError(`gpuCount is ${gpuCount}; it must be from 1 to ${MAX_GPU_COUNT}.`);
  }
  refuseLongLists(filter ?? {});
  return {
    ofGpuType: gpuTypeCondition(gpuType, filter ?? {}, all.gpuTypes),
    ofDataCenter: dataCenterCondition(region, filter ?? {}, all.dataCenters),
    ofRow: toRowConditions(filter ?? {}),
    gpuCount,
  };
}

/** Longer lists cannot be meant, and are looked through for every field that asks. */
const MAX_LISTED = 200;

function refuseLongLists({ dataCenterIds, countryCodes, gpuTypeIds }: Partial<GpuAvailabilityFilter>): void {
  if ([dataCenterIds, countryCodes, gpuTypeIds].every((list) => (list?.length ?? 0) <= MAX_LISTED)) return;
  throw new OperationTooComplexError(`A list in a filter is longer than ${MAX_LISTED}.`);
}

function gpuTypeCondition(
  name: InputMaybe<string> | undefined,
  { gpuTypeIds, manufacturer, minMemoryGb }: Partial<GpuAvailabilityFilter>,
  all: readonly GpuType[],
): Condition<GpuType> {
  const named = name == null ? null : findGpuType(name, all).id;
  const ids = toIdSet(gpuTypeIds, all, unknownGpuType);
  if (named === null && ids === null && manufacturer == null && minMemoryGb == null) return ANY;
  return (gpuType) =>
    (named === null || gpuType.id === named) &&
    (ids === null || ids.has(gpuType.id)) &&
    (manufacturer == null || gpuType.manufacturer === manufacturer) &&
    (minMemoryGb == null || (gpuType.memoryGb !== null && gpuType.memoryGb >= minMemoryGb));
}

function dataCenterCondition(
  region: InputMaybe<Region> | undefined,
  { dataCenterIds, countryCodes, networkVolume }: Partial<GpuAvailabilityFilter>,
  all: readonly DataCenter[],
): Condition<DataCenter> {
  const ids = toIdSet(dataCenterIds, all, unknownDataCenter);
  if (ids === null && countryCodes == null && networkVolume !== true) return region == null ? ANY : inRegion(region);
  const countries = countryCodes == null ? null : new Set(countryCodes.map(readCountryCode));
  return (dataCenter) =>
    (region == null || dataCenter.region === region) &&
    (ids === null || ids.has(dataCenter.id)) &&
    (countries === null || (dataCenter.countryCode !== null && countries.has(dataCenter.countryCode))) &&
    (networkVolume !== true || dataCenter.networkVolume === true);
}

const byRegion = new Map<Region, Condition<DataCenter>>();

function inRegion(region: Region): Condition<DataCenter> {
  const known = byRegion.get(region);
  if (known !== undefined) return known;
  const condition = (dataCenter: DataCenter) => dataCenter.region === region;
  byRegion.set(region, condition);
  narrowedBy.set(condition, new WeakMap());
  return condition;
}

/** Ids that are all known, or `null` for no condition; what `refusal` makes of the first unknown one is thrown. */
function toIdSet<T extends { readonly id: string }>(
  ids: InputMaybe<readonly string[]> | undefined,
  all: readonly T[],
  refusal: (id: string, all: readonly T[]) => Error,
): ReadonlySet<string> | null {
  if (ids == null) return null;
  const known = new Set(all.map(({ id }) => id));
  for (const id of ids) if (!known.has(id)) throw refusal(id, all);
  return new Set(ids);
}

function unknownDataCenter(id: string, all: readonly DataCenter[]): InvalidArgumentError {
  const [nearest] = all.filter((dataCenter) => dataCenter.id.toLowerCase() === id.trim().toLowerCase());
  const hint =
    nearest === undefined ? `RunPod has ${all.map((known) => known.id).join(', ')}.` : `Did you mean '${nearest.id}'?`;
  return new InvalidArgumentError(`Unknown data center ${quote(id)}. ${hint}`);
}

function readCountryCode(text: string): string {
  const code = toCountryCode(text);
  if (code !== null) return code;
  throw new InvalidArgumentError(
    `Unknown country code ${quote(text)}; it must be two letters of ISO 3166-1, such as 'RO' or 'US'.`,
  );
}

function toRowConditions(filter: Partial<GpuAvailabilityFilter>): RowConditions {
  const { includeUnavailable = false, maxPricePerGpuHour = null, minStock = null } = filter;
  if (minStock === 'NONE' || minStock === 'UNKNOWN') {
    throw new InvalidArgumentError(`minStock is ${minStock}; it must be LOW, MEDIUM or HIGH.`);
  }
  return { includeUnavailable, maxPricePerGpuHour, minStock };
}
