/** A tab of a fake browser. While its script hangs, its tasks wait. */
interface FakeTab {
  readonly locks: LockManager;
  readonly openChannel: (name: string) => Pick<BroadcastChannel, 'postMessage' | 'addEventListener' | 'close'>;
  hang(): void;
  /** Runs the tasks that wait, those of the named kind first. Browsers promise no order between the two kinds. */
  goOn(first: 'locks' | 'messages'): void;
}

/** A held or requested lock. */
interface LockRequest {
  /** Runs a task in the tab that has requested the lock. */
  readonly run: (task: () => void) => void;
  readonly hold: () => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

const abortError = () => new DOMException('The request was aborted.', 'AbortError');

/** The Web Locks and channels of one browser. Everything is delivered by timers, so a test needs fake timers. */
export function openFakeBrowser() {
  const queues = new Map<string, LockRequest[]>();
  const channels = new Set<{ readonly name: string; readonly receive: (data: unknown) => void }>();

  /** Lets the first request in a queue hold the lock. */
  function grant(name: string): void {
    const first = queues.get(name)?.[0];
    if (first === undefined) return;
    const release = () => {
      const queue = queues.get(name);
      if (queue?.[0] !== first) return;
      queue.shift();
      grant(name);
    };
    first.run(() => void first.hold().then(first.resolve, first.reject).finally(release));
  }

  function request(name: string, { steal, signal }: LockOptions, requested: LockRequest): void {
    const queue = queues.get(name) ?? [];
    queues.set(name, queue);
    if (steal === true) {
      const robbed = queue.shift();
      robbed?.run(() => robbed.reject(abortError()));
      queue.unshift(requested);
      grant(name);
      return;
    }
    signal?.addEventListener('abort', () => {
      if (queue.indexOf(requested) <= 0) return;
      queue.splice(queue.indexOf(requested), 1);
      requested.reject(abortError());
    });
    if (queue.push(requested) === 1) grant(name);
  }

  return {
    openTab(): FakeTab {
      let isHung = false;
      const waiting = { locks: [] as (() => void)[], messages: [] as (() => void)[] };
      const runner = (kind: keyof typeof waiting) => (task: () => void) => {
        setTimeout(() => (isHung ? void waiting[kind].push(task) : task()), 1);
      };
      return {
        locks: {
          request: (name: string, options: LockOptions, hold: LockRequest['hold']) =>
            new Promise((resolve, reject) => {
              request(name, options, { run: runner('locks'), hold, resolve, reject });
            }),
        } as unknown as LockManager,
        openChannel(name) {
          const target = new EventTarget();
          const run = runner('messages');
          const channel = {
            name,
            receive: (data: unknown) =>
              run(() => channels.has(channel) && target.dispatchEvent(new MessageEvent('message', { data }))),
          };
          channels.add(channel);
          return {
            addEventListener: target.addEventListener.bind(target),
            postMessage(data: unknown) {
              for (const other of channels)
                if (other !== channel && other.name === name) other.receive(structuredClone(data));
            },
            close: () => void channels.delete(channel),
          };
        },
        hang() {
          isHung = true;
        },
        goOn(first) {
          isHung = false;
          const { locks, messages } = waiting;
          const tasks =
            first === 'locks'
              ? [...locks.splice(0), ...messages.splice(0)]
              : [...messages.splice(0), ...locks.splice(0)];
          for (const task of tasks) task();
        },
      };
    },
  };
}
