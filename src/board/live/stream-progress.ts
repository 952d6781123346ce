import type { Change, StreamListener, StreamPosition } from './subscribe.ts';

/** The position before the first event, and after a gap. It names no event, so a tab that was away cannot continue from it. */
const NO_EVENT: StreamPosition = { lastEventId: null };

/** How far one tab has come in the event stream of its group. It notices gaps and reports everything to the tab's listener. */
export class StreamProgress {
  /** Null until the tab knows whether the stream is open. */
  isOpen: boolean | null = null;
  /** Undefined while the tab is so new that its first read covers every event so far. */
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

  /** Records a gap. The stream begins again after it, so the last event before the gap is no position to continue from. */
  receiveMissed(): void {
    this.position = NO_EVENT;
    this.#listener.onMissed();
  }

  /** Compares this tab with the leader, which publishes events in order. A tab at another event than the leader has missed some. */
  compareWith(leaderLastEventId: string | null): void {
    if (this.position !== undefined && this.position.lastEventId !== leaderLastEventId) this.#listener.onMissed();
  }

  /** Adopts the state of the leader, after reporting what this tab has missed. */
  adopt(leader: { readonly isOpen: boolean | null; readonly lastEventId: string | null }): void {
    this.compareWith(leader.lastEventId);
    this.position = { lastEventId: leader.lastEventId };
    this.setOpen(leader.isOpen);
  }

  /** Reports missed events if this tab was away without having received an event, since it has nothing to compare. */
  reportUnknownGap(): void {
    if (this.position?.lastEventId === null) this.#listener.onMissed();
  }

  /** Stops relying on the tab's first read: from now on events may be missed. */
  expireFirstRead(): void {
    this.position ??= NO_EVENT;
  }
}
