import type { Change } from './subscribe.ts';

/** A message between the tabs of a group. Followers send `ask` to request the state of the leader; the leader sends the other kinds. */
export type TabMessage =
  | { readonly kind: 'ask' }
  | { readonly kind: 'state'; readonly isOpen: boolean | null; readonly lastEventId: string | null }
  | {
      readonly kind: 'change';
      /** The id of the event before this one. A tab that has not received that event notices the gap. */
      readonly previousId: string | null;
      readonly change: Change;
    }
  | { readonly kind: 'missed' };
