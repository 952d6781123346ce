import type { Change, StreamListener, StreamPosition } from './subscribe.ts';

/**
 * The position of a tab that has received no event yet, or none since it last missed events. The position names no event, so a tab cannot
 * resume the stream from it.
 */
const NO_EVENT: StreamPosition = { lastEventId: null };

/**
 * Tracks how far one tab has come in the event stream that it shares with its group of tabs. Notices gaps, and reports events and gaps to
 * the tab's listener.
 */
export class StreamProgress {
  /** Null until the tab knows whether the stream is open. */
  isOpen: boolean | null = null;
  /**
   * The position in the stream up to which the tab has received the changes. Undefined in a new tab, while its first read of the cells
   * includes all changes that were made.
   */
  position: StreamPosition | undefined;
  readonly #listener: StreamListener;

  constructor(listener: StreamListener) {
    this.#listener = listener;
  }

  get lastEventId(): string | null {
    return this.position?.lastEventId ?? null;
  }

  setOpen(next: boolean | null): void {
    if (next === true && this.isOpen !== true) this.#listener.onOpen();
    if (next === false && this.isOpen !== false) this.#listener.onClosed();
    this.isOpen = next ?? this.isOpen;
  }

  receiveChange(change: Change): void {
    this.position = { lastEventId: change.id };
    this.#listener.onChange(change);
  }

  /**
   * Records a gap in the stream. The tab can no longer resume from the last event it received: the stream continues with the events after
   * the gap.
   */
  receiveMissed(): void {
    this.position = NO_EVENT;
    this.#listener.onMissed();
  }

  /**
   * Reports missed events if the last event of this tab is not the last event of the leader. The leader publishes events in order, so a tab
   * with another last event has missed some.
   */
  compareWith(leaderLastEventId: string | null): void {
    if (this.position !== undefined && this.position.lastEventId !== leaderLastEventId) this.#listener.onMissed();
  }

  /** Adopts the state of the leader. If this tab has missed events, reports that first. */
  adopt(leader: { readonly isOpen: boolean | null; readonly lastEventId: string | null }): void {
    this.compareWith(leader.lastEventId);
    this.position = { lastEventId: leader.lastEventId };
    this.setOpen(leader.isOpen);
  }

  /**
   * Reports missed events if this tab has a position, but no last event (see `NO_EVENT`). Such a tab cannot compare its last event with the
   * leader's, so it may have missed some.
   */
  reportUnknownGap(): void {
    if (this.position?.lastEventId === null) this.#listener.onMissed();
  }

  /** Sets the position of a new tab to `NO_EVENT`. Called when cells may have changed since the tab's first read of the cells. */
  expireFirstRead(): void {
    this.position ??= NO_EVENT;
  }
}
