/** A function that runs a task in a certain tab. While the script of that tab hangs, the function defers the task. */
type Run = (task: () => void) => void;

type Channel = Pick<BroadcastChannel, 'postMessage' | 'addEventListener' | 'close'>;

/** A tab of a fake browser. While its script hangs, its tasks wait. */
interface FakeTab {
  readonly locks: LockManager;
  readonly openChannel: (name: string) => Channel;
  hang(): void;
  /** Ends the hang and runs the waiting tasks. `first` selects whether locks or messages come first, because browsers differ in this. */
  resume(first: 'locks' | 'messages'): void;
}

/** A request for a lock. The request holds the lock while it is first in the lock's queue. */
interface LockRequest {
  /** Runs a task in the tab that has requested the lock. */
  readonly run: Run;
  readonly hold: () => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Creates a fake browser, whose tabs share Web Locks and broadcast channels. The fake browser uses timers to deliver locks and messages, so
 * a test must use fake timers.
 */
export function openFakeBrowser(): { readonly openTab: () => FakeTab } {
  const locks = new FakeLocks();
  const channels: Channels = new Set();
  return { openTab: () => openTab(locks, channels) };
}

function openTab(locks: FakeLocks, channels: Channels): FakeTab {
  let isHanging = false;
  const waiting = { locks: [] as (() => void)[], messages: [] as (() => void)[] };
  const runner = (kind: keyof typeof waiting) => (task: () => void) => {
    setTimeout(() => (isHanging ? void waiting[kind].push(task) : task()), 1);
  };
  return {
    locks: locks.of(runner('locks')),
    openChannel: (name) => openChannel(channels, name, runner('messages')),
    hang() {
      isHanging = true;
    },
    resume(first) {
      isHanging = false;
      const second = first === 'locks' ? 'messages' : 'locks';
      for (const task of [...waiting[first].splice(0), ...waiting[second].splice(0)]) task();
    },
  };
}

type Channels = Set<{ readonly name: string; readonly receive: (data: unknown) => void }>;

function openChannel(channels: Channels, name: string, run: Run): Channel {
  const target = new EventTarget();
  const channel = {
    name,
    receive: (data: unknown) =>
      run(() => channels.has(channel) && target.dispatchEvent(new MessageEvent('message', { data }))),
  };
  channels.add(channel);
  return {
    addEventListener: target.addEventListener.bind(target),
    postMessage(data: unknown) {
      for (const other of channels) {
        if (other !== channel && other.name === name) other.receive(structuredClone(data));
      }
    },
    close: () => void channels.delete(channel),
  };
}

/** The Web Locks that all tabs of one fake browser share. */
class FakeLocks {
  /** The queue of requests for each lock, by the name of the lock. The first request in a queue holds the lock. */
  readonly #queues = new Map<string, LockRequest[]>();

  /** Returns the lock manager of one tab. `run` runs a task in that tab. */
  of(run: Run): LockManager {
    return {
      request: (name: string, options: LockOptions, hold: LockRequest['hold']) =>
        new Promise((resolve, reject) => {
          this.#request(name, options, { run, hold, resolve, reject });
        }),
    } as unknown as LockManager;
  }

  #request(name: string, { steal, signal }: LockOptions, requested: LockRequest): void {
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    if (steal === true) {
      const robbed = queue.shift();
      robbed?.run(() => robbed.reject(abortError()));
      queue.unshift(requested);
      this.#grant(name);
      return;
    }
    signal?.addEventListener('abort', () => {
      if (queue.indexOf(requested) <= 0) return;
      queue.splice(queue.indexOf(requested), 1);
      requested.reject(abortError());
    });
    if (queue.push(requested) === 1) this.#grant(name);
  }

  /** Grants a lock to the first request in the lock's queue. When that request releases the lock, grants the lock to the next request. */
  #grant(name: string): void {
    const first = this.#queues.get(name)?.[0];
    if (first === undefined) return;
    const release = () => {
      const queue = this.#queues.get(name);
      if (queue?.[0] !== first) return;
      queue.shift();
      this.#grant(name);
    };
    first.run(() => void first.hold().then(first.resolve, first.reject).finally(release));
  }
}

const abortError = () => new DOMException('The request was aborted.', 'AbortError');
