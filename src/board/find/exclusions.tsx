import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Find } from './find.ts';
import { groupByReason, type ReasonGroup } from './reasons.ts';

/** How many exclusions the page lists for one reason until the visitor asks for more. */
const SHOWN_AT_FIRST = 50;

/** The maximum number of exclusions that the page lists for one reason. Tens of thousands would slow the page down. */
const MAX_SHOWN = 1000;

/**
 * Explains why GPU types are not in the list, either everywhere or only in particular data centers. Shows each reason with the number of
 * exclusions. A click on a reason opens its details.
 */
export function Exclusions({ find }: { readonly find: Find }) {
  const groups = groupByReason(find.answer.value?.placement.excluded ?? []);
  if (groups.length === 0) return null;
  return (
    <section class="exclusions" aria-labelledby="exclusions">
      <h2 id="exclusions">Why not the others</h2>
      {groups.map((group) => (
        <Reason key={group.reason} find={find} group={group} />
      ))}
      <p class="hint">An entry is a GPU type, or a GPU type in one data center.</p>
    </section>
  );
}

function Reason({ find, group }: { readonly find: Find; readonly group: ReasonGroup }) {
  const { openReasons, answer } = find;
  const isOpen = openReasons.value.has(group.reason);
  const toggle = (open: boolean) => {
    const others = [...openReasons.peek()].filter((reason) => reason !== group.reason);
    if (open !== isOpen) openReasons.value = new Set(open ? [...others, group.reason] : others);
  };
  return (
    <details class="reason" open={isOpen} onToggle={(event) => toggle(event.currentTarget.open)}>
      <summary>
        {group.words} <span class="count">{group.excluded.length}</span>
      </summary>
      {isOpen && (answer.value?.hasDetails === true ? <Entries group={group} /> : <p class="hint">Loading</p>)}
    </details>
  );
}

/** Lists the exclusions for one reason. Shows only the first of them until the visitor asks for more. */
function Entries({ group: { excluded } }: { readonly group: ReasonGroup }) {
  const isLong = useSignal(false);
  const list = useRef<HTMLUListElement>(null);
  const shown = excluded.slice(0, isLong.value ? MAX_SHOWN : SHOWN_AT_FIRST);
  return (
    <>
      <ul ref={list} tabIndex={-1}>
        {shown.map(({ gpuType, dataCenter, message }) => (
          <li key={`${gpuType?.id} ${dataCenter?.id}`}>
            <strong>{gpuType?.displayName}</strong>
            {dataCenter != null && ` in ${dataCenter.id}`}: {message}
          </li>
        ))}
      </ul>
      {shown.length < excluded.length &&
        (isLong.value ? (
          <p class="hint">Further entries are not listed. The API returns all of them.</p>
        ) : (
          <button
            type="button"
            class="button small"
            onClick={() => {
              isLong.value = true;
              // The clicked button disappears, so the focus moves to the list.
              list.current?.focus({ preventScroll: true });
            }}
          >
            Show {excluded.length > MAX_SHOWN ? `${MAX_SHOWN} of` : 'all'} {excluded.length}
          </button>
        ))}
    </>
  );
}
