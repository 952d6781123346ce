import type { SleepHandlers } from '../browser/page-sleep.ts';
import { createLeadership, type Leadership } from './leadership.ts';
import { StreamProgress } from './stream-progress.ts';
import type { StreamListener, StreamPosition } from './subscribe.ts';
import type { TabMessage } from './tab-message.ts';

/** How often a follower checks whether the leader has sent a message, in milliseconds. */
const CHECK_INTERVAL_MS = 2000;

/**
 * After more than this many checks in a row without a message, a follower replaces the leader: the browser has frozen the leader,
 * or its script hangs, while it still holds the lock. From the second check on, each check asks the leader for its state.
 */
const MAX_SILENT_CHECKS = 3;

/** What a tab needs to be in a group. */
export interface TabMemberOptions {
  /** Names the lock and the channel of the group. */
  readonly name: string;
  readonly locks: LockManager;
  readonly openChannel: (name: string) => Pick<BroadcastChannel, 'postMessage' | 'addEventListener' | 'close'>;
  readonly listener: StreamListener;
  /** Opens the stream of the group. Returns a function that closes it. */
  readonly open: (listener: StreamListener, position: StreamPosition | undefined) => () => void;
}

/**
 * One tab of a group that shares an event stream, from each `onWake` to the next `onSleep`. The leader has the stream and publishes
 * its events to the followers. Every tab's listener receives each event, or `onMissed`: a tab remembers its position while it
 * sleeps, and compares it with the leader's position afterwards.
 */
export class TabMember implements SleepHandlers {
  readonly #options: TabMemberOptions;
  readonly #progress: StreamProgress;
  readonly #leadership: Leadership;
  #channel: ReturnType<TabMemberOptions['openChannel']> | undefined;
  #checking: ReturnType<typeof setInterval> | undefined;
  /** Closes the stream; undefined in a follower. */
  #closeStream: (() => void) | undefined;
  /** Checks in a row before which the leader sent no message. */
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

  /** Receives the stream as its leader, and publishes each event to the followers. */
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

  /** Becomes a follower because another tab leads now. This tab has ignored that tab's messages so far. */
  #follow(): void {
    this.#stopLeading();
    this.#askForState();
  }

  #receive(message: TabMessage): void {
    if (this.#closeStream === undefined) this.#receiveAsFollower(message);
    // Another message comes from a leader that does not know yet that it was replaced.
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

  /** Replaces a leader that stays silent. */
  #check(): void {
    if (this.#closeStream !== undefined) return;
    this.#progress.expireFirstRead();
    this.#silentChecks += 1;
    if (this.#silentChecks > MAX_SILENT_CHECKS) this.#leadership.take();
    else if (this.#silentChecks > 1) this.#send({ kind: 'ask' });
  }
}
