import type { DataCenter } from '../../domain/data-center.ts';
import type { NeedName, SubjectNeed } from '../../domain/placement/needs.ts';
import { dataCenterCondition } from '../availability/data-center-condition.ts';
import type { PlacementNeeds } from '../types.generated.ts';

/** A function that explains why a data center does not meet a requirement. `value` is the value that the client requires. */
type Explain<Value> = (dataCenter: DataCenter, value: Value) => string;

/** The maximum number of values that a message lists, for example the certifications of a data center. */
const MAX_REPEATED = 3;

/**
 * The maximum size of a list of certifications in a message, in bytes. For a longer list, the message says only that it is too long,
 * because the estimate of a response's size assumes short messages.
 */
const MAX_REPEATED_BYTES = 150;

function repeat(values: readonly string[]): string {
  const distinct = [...new Set(values)];
  const repeated = distinct.slice(0, MAX_REPEATED).join(', ');
  return distinct.length <= MAX_REPEATED ? repeated : `${repeated} and ${distinct.length - MAX_REPEATED} more`;
}

const report = (name: string, value: boolean | null): string =>
  value === null ? `RunPod does not report whether it has ${name}` : `It has no ${name}`;

function certifications({ compliance }: DataCenter): string {
  if (compliance === null) return 'unknown';
  const listed = repeat(compliance) || 'none';
  const isShort = Buffer.byteLength(JSON.stringify(listed)) <= MAX_REPEATED_BYTES;
  return isShort ? listed : 'too long to repeat';
}

type DataCenterNeedName = Extract<
  NeedName,
  'regions' | 'countryCodes' | 'dataCenterIds' | 'networkVolume' | 'globalNetwork' | 'compliance'
>;

/**
 * Returns the client's needs (its requirements) for the data center. `all` contains all data centers, in which ids are looked up.
 * @throws {InvalidArgumentError} if a need is not valid.
 */
export function dataCenterNeeds(
  input: Partial<PlacementNeeds>,
  all: readonly DataCenter[],
): readonly SubjectNeed<DataCenter>[] {
  const needOf = <Name extends DataCenterNeedName>(
    name: Name,
    explain: Explain<NonNullable<PlacementNeeds[Name]>>,
  ): readonly SubjectNeed<DataCenter>[] => {
    const value = input[name];
    // A client that sends `false`, for example for `networkVolume`, accepts data centers with and without the feature.
    if (value == null || value === false) return [];
    const isMet = dataCenterCondition(null, { [name]: value }, all);
    return [{ name, reason: 'OTHER_DATA_CENTER', isMet, explain: (one) => explain(one, value) }];
  };
  return [
    ...needOf('regions', ({ region }, regions) => {
      const needed = regions.length === 1 ? repeat(regions) : `one of ${repeat(regions)}`;
      return `Its region is ${region}; ${needed} was needed.`;
    }),
    ...needOf(
      'countryCodes',
      ({ countryCode }) => `Its country is ${countryCode ?? 'unknown'}; another one was needed.`,
    ),
    ...needOf('dataCenterIds', () => 'It is not one of the requested data centers.'),
    ...needOf('networkVolume', (one) => `${report('network volumes', one.networkVolume)}, which were needed.`),
    ...needOf('globalNetwork', (one) => `${report('the global network', one.globalNetwork)}, which was needed.`),
    ...needOf('compliance', (one) => `Its certifications are ${certifications(one)}; others were needed.`),
  ];
}
