import type { Board } from '../board.ts';
import { ageOf, dayOf } from '../format/age.ts';
import { POLL_INTERVAL_MS } from '../timing.ts';
import type { ViewName, Views } from '../views.ts';
import { sourceStatus } from './source-status.ts';

const VIEWS: readonly (readonly [view: ViewName, title: string])[] = [
  ['find', 'Find a GPU'],
  ['matrix', 'Matrix'],
];

const LINKS: readonly (readonly [href: string, text: string])[] = [
  ['/graphql', 'GraphiQL'],
  ['/schema.graphql', 'Schema'],
  ['https://console.runpod.io/', 'RunPod'],
];

/**
 * Shows the title, links to the views and to other pages, and whether the source of the data works. For the matrix, also shows whether
 * changes arrive live, and the age of the data.
 */
export function Header({ board, views }: { readonly board: Board; readonly views: Views }) {
  const isMatrix = views.shown.value === 'matrix';
  return (
    <header class="header">
      <h1>GPU availability</h1>
      <nav class="views" aria-label="Views">
        {VIEWS.map(([view, title]) => (
          <ViewLink key={view} view={view} title={title} views={views} />
        ))}
      </nav>
      <ul class={isMatrix ? 'pills' : 'pills short'} aria-label="Status">
        {board.keyProblem.value !== null ? (
          <li class="pill">Client key required</li>
        ) : (
          <>
            <SourceStatus board={board} />
            <LiveStatus board={board} isMatrix={isMatrix} />
            {isMatrix && <ObservationAge board={board} />}
          </>
        )}
      </ul>
      <nav class="links" aria-label="Other pages">
        {LINKS.map(([href, text]) => (
          <a key={href} href={href}>
            {text}
          </a>
        ))}
      </nav>
      <button type="button" class="button" onClick={board.readNow}>
        Refresh
      </button>
    </header>
  );
}

/** A link to a view. A click shows the view without loading the page again. */
function ViewLink({ view, title, views }: { readonly view: ViewName; readonly title: string; readonly views: Views }) {
  const search = views.searchOf(view);
  return (
    <a
      href={search === '' ? '/' : search}
      aria-current={views.shown.value === view ? 'page' : undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        views.show(view);
      }}
    >
      {title}
    </a>
  );
}

function SourceStatus({ board }: { readonly board: Board }) {
  const [text, look] = sourceStatus(board.state.lists.value?.upstream, board.outage.value?.cause);
  return <li class={`pill ${look ?? ''}`}>{text}</li>;
}

function LiveStatus({ board, isMatrix }: { readonly board: Board; readonly isMatrix: boolean }) {
  const source = board.state.lists.value?.upstream.source;
  const cause = board.outage.value?.cause;
  if (cause === 'gateway') return <li class="pill health-down">Not connected</li>;
  if (cause === 'other') return <li class="pill health-down">Last read failed</li>;
  // Only the matrix receives changes, so only the matrix has a live status. A recording has none, because it never changes.
  if (!isMatrix || source === undefined || source === 'RECORDED') return null;
  if (board.isLive.value === null) return <li class="pill">Connecting</li>;
  return board.isLive.value ? (
    <li class="pill health-up">Live</li>
  ) : (
    <li
      class="pill"
      title="The live stream is not open, so the page polls the gateway. It polls sooner for stale or missing cells."
    >
      Polls every {POLL_INTERVAL_MS.polling / 1000} s
    </li>
  );
}

function ObservationAge({ board }: { readonly board: Board }) {
  const { oldest, newest } = board.state.summary.value;
  if (oldest === null || newest === null) return null;
  if (board.state.lists.value?.upstream.source === 'RECORDED') {
    return <li class="pill age">Observed on {dayOf(newest)}</li>;
  }
  const [from, to] = [ageOf(oldest, board.now.value), ageOf(newest, board.now.value)];
  return <li class="pill age">{from === to ? `Observed ${to}` : `Observed ${to}, oldest ${from}`}</li>;
}
