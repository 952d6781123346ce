import { createLeadership } from './leadership.ts';
import type { Change, LiveListener, Position, Subscribe } from './live.ts';
import { type SleepHandlers, watchSleep } from './sleep.ts';
import { tabGroupName } from './tab-group.ts';

/** What the tabs of a group send each other: followers send `ask`, the leader sends the others. */
type Message =
  | { readonly kind: 'ask' }
  | { readonly kind: 'state'; readonly isOpen: boolean | null; readonly lastEventId: string | null }
  | { readonly kind: 'change'; readonly change: Change }
  | { readonly kind: 'missed' };

/** How often a follower checks whether it has heard from the leader, in milliseconds. */
const CHECK_MS = 2000;

/**
 * Checks in a row without a word from the leader after which a follower takes its place. From the second one on, each check asks
 * the leader for an answer. A leader that the browser has frozen, or whose script hangs, still holds the lock.
 */
const MOST_UNHEARD = 3;

/** What a tab needs to share a stream. */
interface SharedOptions {
  /** Opens a stream of this tab's own. */
  readonly subscribe: Subscribe;
  /** Returns the client key that is sent with the stream; null when there is none. */
  readonly key: () => string | null;
  readonly locks: LockManager;
}

/**
 * Subscribes with one event stream for all tabs of the browser that ask for the same. Over HTTP/1.1 a browser opens six
 * connections to a host, so six tabs with a stream each would leave none for a seventh tab. The leader of the tabs has the stream
 * and publishes its events to the others. When it closes, another tab goes on after the last event that this tab has seen.
 */
export function createSharedSubscribe({ subscribe, key, locks }: SharedOptions): Subscribe {
  return (gpuCount, listener) => {
    const leaving = new AbortController();
    const open: MemberOptions['open'] = (leading, position) => subscribe(gpuCount, leading, position);
    const join = async () => {
      const name = await tabGroupName(gpuCount, key());
      if (leaving.signal.aborted) return;
      const { onWake, onSleep } = createMember({ name, locks, listener, open });
      onWake();
      watchSleep({ onSleep, onWake }, leaving.signal);
      leaving.signal.addEventListener('abort', onSleep);
    };
    void join();
    return () => leaving.abort();
  };
}

/** What a tab needs to be in a group. */
interface MemberOptions {
  /** Of the group; names its lock and its channel. */
  readonly name: string;
  readonly locks: LockManager;
  readonly listener: LiveListener;
  /** Opens the stream of the group; returns how to close it. */
  readonly open: (listener: LiveListener, position: Position | undefined) => () => void;
}

/** Makes this tab a member of the group, which it is while it is awake. */
function createMember({ name, locks, listener, open }: MemberOptions): SleepHandlers {
  let channel: BroadcastChannel | undefined;
  let checking: ReturnType<typeof setInterval> | undefined;
  let closeStream: (() => void) | undefined;
  let isOpen: boolean | null = null;
  /** Where this tab is in the stream; undefined before it has heard of one. */
  let position: Position | undefined;
  let unheard = 0;
  const leadership = createLeadership(locks, name, { onLead, onLost: stopLeading });

  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel reaches its own origin alone
  const send = (message: Message) => channel?.postMessage(message);
  const sendState = () => send({ kind: 'state', isOpen, lastEventId: position?.lastEventId ?? null });

  function setOpen(next: boolean | null): void {
    if (next === true && isOpen !== true) listener.onOpen();
    if (next === false && isOpen !== false) listener.onClosed();
    isOpen = next ?? isOpen;
  }

  function takeChange(change: Change): void {
    position = { lastEventId: change.id };
    listener.onChange(change);
  }

  function onLead(): void {
    const leading: LiveListener = {
      onOpen() {
        setOpen(true);
        sendState();
      },
      onChange(change) {
        send({ kind: 'change', change });
        takeChange(change);
      },
      onClosed() {
        setOpen(false);
        sendState();
      },
      onMissed() {
        send({ kind: 'missed' });
        listener.onMissed();
      },
    };
    closeStream = open(leading, position);
    sendState();
  }

  function stopLeading(): void {
    closeStream?.();
    closeStream = undefined;
    unheard = 0;
  }

  function onMessage(message: Message): void {
    if (closeStream !== undefined) {
      // What else comes is from a leader that does not know yet that it was replaced.
      if (message.kind === 'ask') sendState();
      return;
    }
    if (message.kind === 'ask') return;
    unheard = 0;
    if (message.kind === 'change') takeChange(message.change);
    else if (message.kind === 'missed') listener.onMissed();
    else {
      // The leader has sent its events in order, so this tab has missed some if it is elsewhere.
      if (position !== undefined && position.lastEventId !== message.lastEventId) listener.onMissed();
      position = { lastEventId: message.lastEventId };
      setOpen(message.isOpen);
    }
  }

  function check(): void {
    if (closeStream !== undefined) return;
    unheard += 1;
    if (unheard > MOST_UNHEARD) leadership.take();
    else if (unheard > 1) send({ kind: 'ask' });
  }

  return {
    onWake() {
      channel = new BroadcastChannel(name);
      channel.addEventListener('message', ({ data }: MessageEvent<Message>) => onMessage(data));
      checking = setInterval(check, CHECK_MS);
      leadership.wait();
      send({ kind: 'ask' });
    },
    onSleep() {
      leadership.leave();
      stopLeading();
      clearInterval(checking);
      channel?.close();
    },
  };
}
