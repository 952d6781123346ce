import type { DataCenter } from '../../domain/data-center.ts';
import type { NeedName, SubjectNeed } from '../../domain/placement/needs.ts';
import { dataCenterCondition } from '../availability/data-center-condition.ts';
import type { PlacementNeeds } from '../types.generated.ts';

/** Explains why a data center does not meet a need. `value` is the client's value. */
type Explain<Value> = (dataCenter: DataCenter, value: Value) => string;

/** How many values of a need, or certifications of a data center, a message repeats. */
const MAX_REPEATED = 3;

const repeat = (values: readonly string[]): string =>
  values.length <= MAX_REPEATED
    ? values.join(', ')
    : `${values.slice(0, MAX_REPEATED).join(', ')} and ${values.length - MAX_REPEATED} more`;

const report = (name: string, value: boolean | null): string =>
  value === null ? `RunPod does not report whether it has ${name}` : `It has no ${name}`;

/** For each need for the data center, the sentence with what was needed and what there is. */
const EXPLANATIONS: { readonly [Name in DataCenterNeedName]: Explain<NonNullable<PlacementNeeds[Name]>> } = {
  regions: ({ region }, regions) => `Its region is ${region}; ${repeat(regions)} was needed.`,
  countryCodes: ({ countryCode }) => `Its country is ${countryCode ?? 'unknown'}; another one was needed.`,
  dataCenterIds: () => 'It is not one of the requested data centers.',
  networkVolume: ({ networkVolume }) => `${report('network volumes', networkVolume)}, which were needed.`,
  globalNetwork: ({ globalNetwork }) => `${report('the global network', globalNetwork)}, which was needed.`,
  compliance: ({ compliance }) =>
    `Its certifications are ${compliance === null ? 'unknown' : repeat(compliance) || 'none'}; others were needed.`,
};

type DataCenterNeedName = Extract<
  NeedName,
  'regions' | 'countryCodes' | 'dataCenterIds' | 'networkVolume' | 'globalNetwork' | 'compliance'
>;

/**
 * Returns the needs for the data center. Ids are looked up in `all`.
 * @throws {InvalidArgumentError} if a need is not valid.
 */
export function dataCenterNeeds(
  input: Partial<PlacementNeeds>,
  all: readonly DataCenter[],
): readonly SubjectNeed<DataCenter>[] {
  const needOf = <Name extends DataCenterNeedName>(name: Name): readonly SubjectNeed<DataCenter>[] => {
    const value = input[name];
    // A condition on a property is either true or has no effect.
    if (value == null || value === false) return [];
    const isMet = dataCenterCondition(null, { [name]: value }, all);
    const explain = EXPLANATIONS[name];
    return [{ name, reason: 'OTHER_DATA_CENTER', isMet, explain: (one) => explain(one, value) }];
  };
  return [
    ...needOf('regions'),
    ...needOf('countryCodes'),
    ...needOf('dataCenterIds'),
    ...needOf('networkVolume'),
    ...needOf('globalNetwork'),
    ...needOf('compliance'),
  ];
}
