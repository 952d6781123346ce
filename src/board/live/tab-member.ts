import type { SleepHandlers } from '../browser/page-sleep.ts';
import { createLeadership, type Leadership } from './leadership.ts';
import { StreamProgress } from './stream-progress.ts';
import type { StreamListener, StreamPosition } from './subscribe.ts';
import type { TabMessage } from './tab-message.ts';

/** How often a follower, a tab that does not lead its group, checks whether the leader has sent a message, in milliseconds. */
const CHECK_INTERVAL_MS = 2000;

/**
 * A follower replaces the leader after more than this many checks in a row without a message from the leader. A silent leader still holds
 * the lock, but the browser has frozen it, or its script hangs. From the second silent check on, each check requests the state of the
 * leader. A healthy leader replies.
 */
const MAX_SILENT_CHECKS = 3;

export interface TabMemberOptions {
  /** The name of the group's lock, and also of its channel. */
  readonly name: string;
  readonly locks: LockManager;
  readonly openChannel: (name: string) => Pick<BroadcastChannel, 'postMessage' | 'addEventListener' | 'close'>;
  readonly listener: StreamListener;
  /** Opens the stream of the group. Returns a function that closes it. */
  readonly open: (listener: StreamListener, position: StreamPosition | undefined) => () => void;
}

/**
 * One tab of a group that shares an event stream. The tab belongs to the group from each `onWake` to the next `onSleep`. The leader opens
 * the stream and publishes its events to the followers. Each tab either receives an event, or learns by `onMissed` that it has missed
 * events. To notice this, a tab remembers its position while it sleeps, and compares it with the leader's position when it wakes.
 */
export class TabMember implements SleepHandlers {
  readonly #options: TabMemberOptions;
  readonly #progress: StreamProgress;
  readonly #leadership: Leadership;
  #channel: ReturnType<TabMemberOptions['openChannel']> | undefined;
  #checking: ReturnType<typeof setInterval> | undefined;
  /** Closes the stream; undefined in a follower. */
  #closeStream: (() => void) | undefined;
  /** The number of checks since the last message from the leader. */
  #silentChecks = 0;

  constructor(options: TabMemberOptions) {
    this.#options = options;
    this.#progress = new StreamProgress(options.listener);
    this.#leadership = createLeadership(options.locks, options.name, {
      onLead: () => this.#lead(),
      onLost: () => this.#follow(),
    });
  }

  onWake(): void {
    const { name, openChannel } = this.#options;
    this.#channel = openChannel(name);
    this.#channel.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => this.#receive(data));
    this.#checking = setInterval(() => this.#check(), CHECK_INTERVAL_MS);
    this.#leadership.wait();
    this.#askForState();
  }

  onSleep(): void {
    this.#progress.expireFirstRead();
    this.#leadership.leave();
    this.#stopLeading();
    clearInterval(this.#checking);
    this.#channel?.close();
  }

  #send(message: TabMessage): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel reaches only its own origin
    this.#channel?.postMessage(message);
  }

  #sendState(): void {
    const { isOpen, lastEventId } = this.#progress;
    this.#send({ kind: 'state', isOpen, lastEventId });
  }

  #askForState(): void {
    this.#progress.reportUnknownGap();
    this.#send({ kind: 'ask' });
  }

  #lead(): void {
    this.#closeStream = this.#options.open(this.#publisher(), this.#progress.position);
    this.#progress.expireFirstRead();
    this.#sendState();
  }

  /** Returns the listener of the leader's stream. It publishes each event to the followers and records it for this tab. */
  #publisher(): StreamListener {
    const progress = this.#progress;
    return {
      onOpen: () => {
        progress.setOpen(true);
        this.#sendState();
      },
      onChange: (change) => {
        this.#send({ kind: 'change', previousId: progress.lastEventId, change });
        progress.receiveChange(change);
      },
      onClosed: () => {
        progress.setOpen(false);
        this.#sendState();
      },
      onMissed: () => {
        this.#send({ kind: 'missed' });
        progress.receiveMissed();
      },
    };
  }

  #stopLeading(): void {
    this.#closeStream?.();
    this.#closeStream = undefined;
    this.#silentChecks = 0;
  }

  /**
   * Becomes a follower because another tab has taken the lead. So far this tab has ignored the messages of the new leader, so it requests
   * the current state.
   */
  #follow(): void {
    this.#stopLeading();
    this.#askForState();
  }

  #receive(message: TabMessage): void {
    if (this.#closeStream === undefined) this.#receiveAsFollower(message);
    // A leader replies only to `ask`. Any other message comes from a former leader that does not know yet that it was replaced.
    else if (message.kind === 'ask') this.#sendState();
  }

  #receiveAsFollower(message: TabMessage): void {
    if (message.kind === 'ask') return;
    this.#silentChecks = 0;
    if (message.kind === 'change') {
      this.#progress.compareWith(message.previousId);
      this.#progress.receiveChange(message.change);
    } else if (message.kind === 'missed') this.#progress.receiveMissed();
    else this.#progress.adopt(message);
  }

  /** Counts the checks without a message from the leader, and replaces a leader that stays silent. */
  #check(): void {
    if (this.#closeStream !== undefined) return;
    this.#progress.expireFirstRead();
    this.#silentChecks += 1;
    if (this.#silentChecks > MAX_SILENT_CHECKS) this.#leadership.take();
    else if (this.#silentChecks > 1) this.#send({ kind: 'ask' });
  }
}
