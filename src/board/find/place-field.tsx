import type { Board } from '../board.ts';
import { alphabetical } from '../format/alphabetical.ts';
import { placeOf } from '../format/place.ts';
import { type Lists, regionName, regionsOf } from '../state/lists.ts';
import { describedBy, NeedField } from './need-field.tsx';

type PlaceOption = readonly [value: string, text: string];

/** The field for a region, a country or a data center. */
export function PlaceField({ board }: { readonly board: Board }) {
  const { find, state } = board;
  const { place } = find.form.value;
  const groups = state.lists.value === null ? [] : groupsOf(state.lists.value);
  const isListed = place === '' || groups.some(([, options]) => options.some(([value]) => value === place));
  return (
    <NeedField find={find} name="place" label="Where">
      <select
        id="need-place"
        value={place}
        onChange={(event) => find.change({ place: event.currentTarget.value })}
        {...describedBy(find, 'place')}
      >
        <option value="">Anywhere</option>
        {/* A URL can choose any place, and the control has to show it. */}
        {!isListed && <option value={place}>{place.slice(place.indexOf('=') + 1)}</option>}
        {groups.map(([label, options]) => (
          <optgroup key={label} label={label}>
            {options.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </NeedField>
  );
}

function groupsOf(lists: Lists): readonly (readonly [label: string, options: readonly PlaceOption[]])[] {
  const codes = new Set(lists.dataCenters.flatMap(({ countryCode }) => countryCode ?? []));
  const countries = [...codes].map((countryCode): PlaceOption => {
    const name = placeOf({ countryCode, location: null, region: 'UNKNOWN' });
    return [`country=${countryCode}`, name];
  });
  return [
    ['Regions', regionsOf(lists).map((region): PlaceOption => [`region=${region}`, regionName(region)])],
    ['Countries', countries.toSorted(([, a], [, b]) => alphabetical(a, b))],
    [
      'Data centers',
      lists.dataCenters.map((one): PlaceOption => [`datacenter=${one.id}`, `${one.id}, ${placeOf(one)}`]),
    ],
  ];
}
