import { watchPageSleep } from '../browser/page-sleep.ts';
import type { Subscribe } from './subscribe.ts';
import { tabGroupName } from './tab-group-name.ts';
import { TabMember, type TabMemberOptions } from './tab-member.ts';

interface SharedSubscribeOptions extends Pick<TabMemberOptions, 'locks' | 'openChannel'> {
  /** Opens a stream for this tab. */
  readonly subscribe: Subscribe;
  /** Returns the client key that is sent when a stream is opened; null if the visitor has not entered one. */
  readonly key: () => string | null;
}

/**
 * Shares one event stream between all tabs of the browser that need the same events. Over HTTP/1.1 a browser opens at most six connections
 * to a host, so six tabs with a stream each would leave no connection for anything else. The leading tab opens the stream and publishes its
 * events to the other tabs. When the leading tab closes, another tab takes the lead. It opens a new stream that continues after the last
 * event that this tab has received.
 */
export function createSharedSubscribe({ subscribe, key, locks, openChannel }: SharedSubscribeOptions): Subscribe {
  return (gpuCount, listener) => {
    const leaving = new AbortController();
    const open: TabMemberOptions['open'] = (leading, position) => subscribe(gpuCount, leading, position);
    const join = async () => {
      const name = await tabGroupName(gpuCount, key());
      if (leaving.signal.aborted) return;
      const member = new TabMember({ name, locks, openChannel, listener, open });
      member.onWake();
      watchPageSleep(member, leaving.signal);
      leaving.signal.addEventListener('abort', () => member.onSleep());
    };
    void join();
    return () => leaving.abort();
  };
}
