import type { SleepHandlers } from '../browser/page-sleep.ts';
import { createLeadership } from './leadership.ts';
import type { Change, StreamListener, StreamPosition } from './subscribe.ts';

/** What the tabs of a group send each other: followers send `ask`, the leader sends the others. */
type Message =
  | { readonly kind: 'ask' }
  | { readonly kind: 'state'; readonly isOpen: boolean | null; readonly lastEventId: string | null }
  | {
      readonly kind: 'change';
      /** The id of the event before this one, so that a tab that has not received it notices. */
      readonly previousId: string | null;
      readonly change: Change;
    }
  | { readonly kind: 'missed' };

/** How often a follower checks whether it has heard from the leader, in milliseconds. */
const CHECK_MS = 2000;

/**
 * A follower replaces the leader when it has heard nothing from it for more than this many checks in a row. From the second one
 * on, each check asks the leader for an answer. A leader that the browser has frozen, or whose script hangs, still holds the lock.
 */
const MOST_UNHEARD = 3;

/** The position before the first event, and after a gap. It names no event, so a tab that was away cannot continue from it. */
const NO_EVENT: StreamPosition = { lastEventId: null };

/** What a tab needs to be in a group. */
export interface TabMemberOptions {
  /** Names the lock and the channel of the group. */
  readonly name: string;
  readonly locks: LockManager;
  readonly openChannel: (name: string) => Pick<BroadcastChannel, 'postMessage' | 'addEventListener' | 'close'>;
  readonly listener: StreamListener;
  /** Opens the stream of the group; returns how to close it. */
  readonly open: (listener: StreamListener, position: StreamPosition | undefined) => () => void;
}

/**
 * Makes this tab a member of the group from each `onWake` to the next `onSleep`. The listener gets every event of the stream, or
 * `onMissed`: the tab remembers its position while it sleeps, and compares it with the position of the leader.
 */
export function createTabMember({ name, locks, openChannel, listener, open }: TabMemberOptions): SleepHandlers {
  let channel: ReturnType<TabMemberOptions['openChannel']> | undefined;
  let checking: ReturnType<typeof setInterval> | undefined;
  let closeStream: (() => void) | undefined;
  let isOpen: boolean | null = null;
  /** Where this tab is in the stream; undefined when the tab was opened a moment ago and its first read is recent enough. */
  let position: StreamPosition | undefined;
  let unheard = 0;
  const leadership = createLeadership(locks, name, { onLead, onLost });

  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel reaches its own origin alone
  const send = (message: Message) => channel?.postMessage(message);
  const lastEventId = () => position?.lastEventId ?? null;
  const sendState = () => send({ kind: 'state', isOpen, lastEventId: lastEventId() });

  function setOpen(next: boolean | null): void {
    if (next === true && isOpen !== true) listener.onOpen();
    if (next === false && isOpen !== false) listener.onClosed();
    isOpen = next ?? isOpen;
  }

  function takeChange(change: Change): void {
    position = { lastEventId: change.id };
    listener.onChange(change);
  }

  /** The stream begins again after a gap, so the last event before the gap is no position to continue from. */
  function takeMissed(): void {
    position = NO_EVENT;
    listener.onMissed();
  }

  /** The leader publishes events in order, so this tab has missed some when it is at another event. */
  function compare(leaderLastEventId: string | null): void {
    if (position !== undefined && position.lastEventId !== leaderLastEventId) listener.onMissed();
  }

  /** Asks for the state of the leader. A tab that was away without having received an event has nothing to compare it with. */
  function askForState(): void {
    if (position?.lastEventId === null) listener.onMissed();
    send({ kind: 'ask' });
  }

  function onLead(): void {
    const leading: StreamListener = {
      onOpen() {
        setOpen(true);
        sendState();
      },
      onChange(change) {
        send({ kind: 'change', previousId: lastEventId(), change });
        takeChange(change);
      },
      onClosed() {
        setOpen(false);
        sendState();
      },
      onMissed() {
        send({ kind: 'missed' });
        takeMissed();
      },
    };
    closeStream = open(leading, position);
    position ??= NO_EVENT;
    sendState();
  }

  function stopLeading(): void {
    closeStream?.();
    closeStream = undefined;
    unheard = 0;
  }

  /** Another tab has taken the lead, and this tab has ignored its messages so far. */
  function onLost(): void {
    stopLeading();
    askForState();
  }

  function onMessage(message: Message): void {
    if (closeStream !== undefined) {
      // Any other message is from a leader that does not know yet that it was replaced.
      if (message.kind === 'ask') sendState();
      return;
    }
    if (message.kind === 'ask') return;
    unheard = 0;
    if (message.kind === 'change') {
      compare(message.previousId);
      takeChange(message.change);
    } else if (message.kind === 'missed') takeMissed();
    else {
      compare(message.lastEventId);
      position = { lastEventId: message.lastEventId };
      setOpen(message.isOpen);
    }
  }

  function check(): void {
    if (closeStream !== undefined) return;
    // The first read of the board is too old by now: events may have been missed since.
    position ??= NO_EVENT;
    unheard += 1;
    if (unheard > MOST_UNHEARD) leadership.take();
    else if (unheard > 1) send({ kind: 'ask' });
  }

  return {
    onWake() {
      channel = openChannel(name);
      channel.addEventListener('message', ({ data }: MessageEvent<Message>) => onMessage(data));
      checking = setInterval(check, CHECK_MS);
      leadership.wait();
      askForState();
    },
    onSleep() {
      position ??= NO_EVENT;
      leadership.leave();
      stopLeading();
      clearInterval(checking);
      channel?.close();
    },
  };
}
