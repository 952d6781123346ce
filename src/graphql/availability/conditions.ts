import { toCountryCode } from '../../domain/country.ts';
import type { DataCenter } from '../../domain/data-center.ts';
import { InvalidArgumentError, OperationTooComplexError } from '../../domain/errors.ts';
import type { GpuType } from '../../domain/gpu-type.ts';
import type { Region } from '../../domain/region.ts';
import type { RowConditions } from '../../domain/row-conditions.ts';
import { fold, MAX_NAME_LENGTH, quote, squash } from '../names.ts';
import type { Subjects } from '../subjects.ts';
import type { GpuAvailabilityFilter, InputMaybe } from '../types.generated.ts';
import { findGpuType, type MaySuggest, unknownGpuTypeId } from './gpu-type-name.ts';
import { findId } from './known-ids.ts';
import { allOf, type SubjectCondition, share } from './subject-condition.ts';

/** Arguments that choose rows. What is left out, or null, is no condition. */
export interface ConditionArguments {
  readonly region?: InputMaybe<Region>;
  readonly gpuType?: InputMaybe<string>;
  readonly gpuCount: number;
  readonly filter?: InputMaybe<GpuAvailabilityFilter>;
}

/** What rows must be about, and be. */
export interface Conditions {
  readonly ofGpuType: SubjectCondition<GpuType>;
  readonly ofDataCenter: SubjectCondition<DataCenter>;
  readonly ofRow: RowConditions;
  readonly gpuCount: number;
}

const MAX_GPU_COUNT = 16;

/**
 * Turns a client's arguments into conditions, which also hold for GPU types and data centers that RunPod adds later. Names and ids are
 * looked up among `all`; `maySuggest` decides whether an error about a GPU type names the nearest ones.
 * @throws {InvalidArgumentError} for an argument without a possible meaning.
 * @throws {OperationTooComplexError} for a list that is too long.
 */
export function toConditions(
  { region, gpuType, gpuCount, filter }: ConditionArguments,
  all: Subjects,
  maySuggest: MaySuggest,
): Conditions {
  if (gpuCount < 1 || gpuCount > MAX_GPU_COUNT) {
    throw new InvalidArgumentError(`gpuCount is ${gpuCount}; it must be from 1 to ${MAX_GPU_COUNT}.`);
  }
  refuseLongLists(filter ?? {});
  return {
    ofGpuType: gpuTypeCondition(gpuType, filter ?? {}, all.gpuTypes, maySuggest),
    ofDataCenter: dataCenterCondition(region, filter ?? {}, all.dataCenters),
    ofRow: toRowConditions(filter ?? {}),
    gpuCount,
  };
}

/** Refuses a minimum or maximum that everything meets, or nothing. */
export function refuseNegative(name: string, value: InputMaybe<number> | undefined): void {
  if (value != null && value < 0) throw new InvalidArgumentError(`${name} is ${value}; it must be 0 or more.`);
}

/** Nobody needs longer lists, and every field that has one reads through it. */
const MAX_LISTED = 200;

function refuseLongLists(filter: Partial<GpuAvailabilityFilter>): void {
  for (const [name, value] of Object.entries(filter)) {
    if (Array.isArray(value) && value.length > MAX_LISTED) {
      throw new OperationTooComplexError(`${name} lists ${value.length} values; ${MAX_LISTED} is the most.`);
    }
  }
}

function gpuTypeCondition(
  name: InputMaybe<string> | undefined,
  { gpuTypeIds, manufacturer, minMemoryGb, nameContains }: Partial<GpuAvailabilityFilter>,
  all: readonly GpuType[],
  maySuggest: MaySuggest,
): SubjectCondition<GpuType> {
  refuseNegative('minMemoryGb', minMemoryGb);
  const conditions: SubjectCondition<GpuType>[] = [];
  if (name != null) {
    const named = findGpuType(name, all, maySuggest).id;
    conditions.push(({ id }) => id === named);
  }
  if (gpuTypeIds != null) conditions.push(isOneOf(gpuTypeIds, all, (id) => unknownGpuTypeId(id, all, maySuggest)));
  if (manufacturer != null) conditions.push((gpuType) => gpuType.manufacturer === manufacturer);
  if (minMemoryGb != null) conditions.push(({ memoryGb }) => memoryGb !== null && memoryGb >= minMemoryGb);
  if (nameContains != null) conditions.push(hasInName(nameContains));
  return allOf(conditions);
}

function hasInName(text: string): SubjectCondition<GpuType> {
  if (text.length > MAX_NAME_LENGTH) {
    throw new InvalidArgumentError(
      `nameContains is ${text.length} characters long; ${MAX_NAME_LENGTH} characters are the most.`,
    );
  }
  const part = squash(text);
  return ({ id, displayName }) => squash(displayName).includes(part) || squash(id).includes(part);
}

function dataCenterCondition(
  region: InputMaybe<Region> | undefined,
  { dataCenterIds, countryCodes, regions, networkVolume, globalNetwork, compliance }: Partial<GpuAvailabilityFilter>,
  all: readonly DataCenter[],
): SubjectCondition<DataCenter> {
  const conditions: SubjectCondition<DataCenter>[] = [];
  if (region != null) conditions.push(inRegion(region));
  if (regions != null) conditions.push((dataCenter) => regions.includes(dataCenter.region));
  if (dataCenterIds != null) conditions.push(isOneOf(dataCenterIds, all, unknownDataCenter));
  if (countryCodes != null) {
    const countries = new Set(countryCodes.map(readCountryCode));
    conditions.push(({ countryCode }) => countryCode !== null && countries.has(countryCode));
  }
  if (networkVolume === true) conditions.push((dataCenter) => dataCenter.networkVolume === true);
  if (globalNetwork === true) conditions.push((dataCenter) => dataCenter.globalNetwork === true);
  if (compliance != null) conditions.push(hasAll(compliance));
  return allOf(conditions);
}

const byRegion = new Map<Region, SubjectCondition<DataCenter>>();

function inRegion(region: Region): SubjectCondition<DataCenter> {
  const condition = byRegion.get(region) ?? share((dataCenter: DataCenter) => dataCenter.region === region);
  byRegion.set(region, condition);
  return condition;
}

/** Certifications are not looked up: RunPod adds to them, and a data center with a new one may come later. */
function hasAll(compliance: readonly string[]): SubjectCondition<DataCenter> {
  // By the rule of all lists, nothing meets an empty one.
  if (compliance.length === 0) return () => false;
  const wanted = compliance.map(fold);
  return (dataCenter) => {
    const present = new Set(dataCenter.compliance?.map(fold));
    return wanted.every((one) => present.has(one));
  };
}

/** Throws what `refusal` returns for the first id that is not known. */
function isOneOf<T extends { readonly id: string }>(
  ids: readonly string[],
  all: readonly T[],
  refusal: (id: string, all: readonly T[]) => Error,
): SubjectCondition<T> {
  const wanted = new Set<string>();
  for (const id of ids) {
    const found = findId(id, all);
    if (found === undefined) throw refusal(id, all);
    wanted.add(found);
  }
  return ({ id }) => wanted.has(id);
}

function unknownDataCenter(id: string, all: readonly DataCenter[]): InvalidArgumentError {
  return new InvalidArgumentError(
    `Unknown data center ${quote(id)}. RunPod has ${all.map((known) => known.id).join(', ')}.`,
  );
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
  refuseNegative('maxPricePerGpuHour', maxPricePerGpuHour);
  if (minStock === 'NONE' || minStock === 'UNKNOWN') {
    throw new InvalidArgumentError(`minStock is ${minStock}; it must be LOW, MEDIUM or HIGH.`);
  }
  return { includeUnavailable, maxPricePerGpuHour, minStock };
}
