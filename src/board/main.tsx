import { computed, effect, signal } from '@preact/signals';
import { render } from 'preact';
import { createAddress } from './address.ts';
import { createAppearanceCollector } from './alerts/appearance-collector.ts';
import { createBells } from './alerts/bells.ts';
import { createClaims } from './alerts/claims.ts';
import { createNotifications } from './alerts/notifications.ts';
import { createBoard } from './board.ts';
import { startClock } from './browser/clock.ts';
import { watchPageWake } from './browser/page-wake.ts';
import { createStoredNames } from './browser/stored-names.ts';
import { createStoredText } from './browser/stored-text.ts';
import { App } from './components/app.tsx';
import { recordFilters } from './filter-history.ts';
import { createSendQuery } from './gateway/send-query.ts';
import { limitStreams } from './live/limit-streams.ts';
import { createSharedSubscribe } from './live/shared-subscribe.ts';
import { createSubscribe } from './live/subscribe.ts';
import { fromSearch } from './view/filters.ts';
import { createViews, viewIn } from './views.ts';

const ENDPOINT = new URL('/graphql', location.href).href;

const storedKey = createStoredText(() => sessionStorage, 'client-key');
const key = signal(storedKey.read());
const headers = (): Record<string, string> => (key.value === null ? {} : { authorization: `Bearer ${key.value}` });
const reloaded = createStoredText(() => sessionStorage, 'reloaded');
const bells = createBells(createStoredNames(() => localStorage, 'bell:', window));
const hasLocks = 'locks' in navigator;
const notifications = createNotifications(document, hasLocks ? createClaims(navigator.locks) : async () => true);

const address = createAddress(window);
const filters = signal(fromSearch(viewIn(address.search.peek()) === 'matrix' ? address.search.peek() : ''));
const views = createViews({ address, filters });

const isVisible = signal(!document.hidden);

const subscribe = createSubscribe(ENDPOINT, headers);
// Sharing a stream needs locks and BroadcastChannel. Old browsers have neither, and a page that comes from another machine over plain HTTP
// has no locks. In these cases each tab opens a stream of its own.
const canShare = hasLocks && 'BroadcastChannel' in globalThis;

const board = createBoard({
  now: startClock(),
  sendQuery: createSendQuery(ENDPOINT, headers),
  subscribe: canShare
    ? createSharedSubscribe({
        subscribe: limitStreams(subscribe, navigator.locks),
        key: () => key.peek(),
        locks: navigator.locks,
        openChannel: (name) => new BroadcastChannel(name),
      })
    : subscribe,
  filters,
  address,
  findSearch: views.findSearch,
  key,
  // The bells (notifications about GPU types) need the cells of the matrix even if the page does not show it: the board learns from changes
  // of cells that a GPU type has become available.
  isMatrixNeeded: computed(() => views.shown.value === 'matrix' || bells.chosen.value.size > 0),
  isFindShown: computed(() => views.shown.value === 'find' && isVisible.value),
  onAppeared: (cells) => collectAppeared(cells.filter(({ gpuType }) => bells.chosen.value.has(gpuType.id))),
  onOutdated() {
    // The page reloads itself only once. If it is still outdated after that, it shows the error.
    if (reloaded.read() !== null) return;
    reloaded.write('yes');
    location.reload();
  },
});
const collectAppeared = createAppearanceCollector({
  cellNow: (cellKey) => board.state.cells.get(cellKey)?.cell,
  onConfirmed(cells) {
    const lists = board.state.lists.value;
    if (lists !== null) notifications.show(cells, lists);
  },
});

effect(() => storedKey.write(key.value));
recordFilters({ filters, address, views });
address.search.subscribe((search) => {
  if (viewIn(search) === 'matrix') filters.value = fromSearch(search);
});
addEventListener('online', () => board.readNow());
watchPageWake(document, () => board.readNow());
document.addEventListener('visibilitychange', () => {
  isVisible.value = !document.hidden;
  if (!document.hidden && board.outage.value !== null) board.readNow();
});

const root = document.getElementById('board');
if (root !== null) render(<App board={board} views={views} bells={bells} notifications={notifications} />, root);
