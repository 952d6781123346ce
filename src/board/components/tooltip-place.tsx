import { placeOf } from '../format/place.ts';
import { type DataCenter, regionName } from '../state/lists.ts';
import { Fact } from './tooltip-fact.tsx';

/** The details of a data center. */
export function PlaceFacts({ dataCenter }: { readonly dataCenter: DataCenter }) {
  const { id, region, networkVolume, globalNetwork, compliance } = dataCenter;
  return (
    <>
      <p class="tooltip-title">
        {id} <span>{placeOf(dataCenter)}</span>
      </p>
      <dl>
        <Fact name="Region" value={regionName(region)} />
        <Fact name="Network volume" value={yesOrNo(networkVolume)} />
        <Fact name="Global network" value={yesOrNo(globalNetwork)} />
        <Fact name="Certifications" value={certificationsInWords(compliance)} />
      </dl>
    </>
  );
}

const NOT_REPORTED = 'not reported by RunPod';

function yesOrNo(value: boolean | null): string {
  if (value === null) return NOT_REPORTED;
  return value ? 'yes' : 'no';
}

/** Returns RunPod's names of certifications as text: 'SOC_2_TYPE_2' becomes 'SOC 2 TYPE 2'. */
function certificationsInWords(names: readonly string[] | null): string {
  if (names === null) return NOT_REPORTED;
  return names.length === 0 ? 'none' : names.map((name) => name.replaceAll('_', ' ')).join(', ');
}
