import { watchPageSleep } from '../browser/page-sleep.ts';
import type { Subscribe } from './subscribe.ts';
import { tabGroupName } from './tab-group-name.ts';
import { createTabMember, type TabMemberOptions } from './tab-member.ts';

/** What a tab needs to share a stream. */
interface SharedOptions extends Pick<TabMemberOptions, 'locks' | 'openChannel'> {
  /** Opens a stream of this tab's own. */
  readonly subscribe: Subscribe;
  /** Returns the client key that is sent with the stream; null without a key. */
  readonly key: () => string | null;
}

/**
 * Subscribes with one event stream for all tabs of the browser that ask for the same. Over HTTP/1.1 a browser opens six
 * connections to a host, so six tabs with a stream each would leave none for a seventh tab. The leader of the tabs has the stream
 * and publishes its events to the others. When it closes, another tab continues after the last event that this tab has received.
 */
export function createSharedSubscribe({ subscribe, key, locks, openChannel }: SharedOptions): Subscribe {
  return (gpuCount, listener) => {
    const leaving = new AbortController();
    const open: TabMemberOptions['open'] = (leading, position) => subscribe(gpuCount, leading, position);
    const join = async () => {
      const name = await tabGroupName(gpuCount, key());
      if (leaving.signal.aborted) return;
      const { onWake, onSleep } = createTabMember({ name, locks, openChannel, listener, open });
      onWake();
      watchPageSleep({ onSleep, onWake }, leaving.signal);
      leaving.signal.addEventListener('abort', onSleep);
    };
    void join();
    return () => leaving.abort();
  };
}
