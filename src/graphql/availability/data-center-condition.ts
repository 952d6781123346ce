import { toCountryCode } from '../../domain/country.ts';
import type { DataCenter } from '../../domain/data-center.ts';
import { InvalidArgumentError } from '../../domain/errors.ts';
import type { Region } from '../../domain/region.ts';
import { fold, quote } from '../names.ts';
import type { GpuAvailabilityFilter, InputMaybe } from '../types.generated.ts';
import { isOneOf } from './known-ids.ts';
import { allOf, type SubjectCondition, share } from './subject-condition.ts';

/**
 * Returns the condition on data centers that results from the argument `region` and the filter. Ids are looked up in `all`.
 * @throws {InvalidArgumentError} if an argument is not valid.
 */
export function dataCenterCondition(
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

/**
 * Returns a condition that is met by data centers with all of these certifications. An unknown certification is not an error, because
 * RunPod may add new ones.
 */
function hasAll(compliance: readonly string[]): SubjectCondition<DataCenter> {
  // An empty list of certifications matches no data center, like every other empty list in the filter.
  if (compliance.length === 0) return () => false;
  const wanted = compliance.map(fold);
  return (dataCenter) => {
    const present = new Set(dataCenter.compliance?.map(fold));
    return wanted.every((one) => present.has(one));
  };
}

function unknownDataCenter(id: string, all: readonly DataCenter[]): InvalidArgumentError {
  return new InvalidArgumentError(
    `Unknown data center ${quote(id)}. RunPod reports ${all.map((known) => known.id).join(', ')}.`,
  );
}

function readCountryCode(text: string): string {
  const code = toCountryCode(text);
  if (code !== null) return code;
  throw new InvalidArgumentError(
    `Unknown country code ${quote(text)}; it must be two letters of ISO 3166-1, such as 'RO' or 'US'.`,
  );
}
