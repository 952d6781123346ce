import type { Board } from '../board.ts';
import { ageOf, dayOf } from '../format/age.ts';
import type { UpstreamHealth } from '../graphql/graphql.ts';
import { POLL_INTERVAL_MS } from '../timing.ts';

const HEALTH: Record<UpstreamHealth, string> = {
  UP: 'RunPod answers',
  DEGRADED: 'Some RunPod requests fail',
  DOWN: 'RunPod does not answer',
};

/** Shows the title, where the answers come from, whether changes arrive live, and how old the observations are. */
export function Header({ board }: { readonly board: Board }) {
  return (
    <header class="header">
      <h1>GPU availability</h1>
      <p class="subtitle">RunPod, secure cloud</p>
      <ul class="pills" aria-label="Status">
        <SourceStatus board={board} />
        <LiveStatus board={board} />
        <ObservationAge board={board} />
      </ul>
      <button type="button" class="button" onClick={board.readNow}>
        Refresh
      </button>
    </header>
  );
}

function SourceStatus({ board }: { readonly board: Board }) {
  const upstream = board.state.lists.value?.upstream;
  if (board.outage.value?.cause === 'runpod') return <li class="pill health-down">{HEALTH.DOWN}</li>;
  if (upstream === undefined) return <li class="pill">Connecting</li>;
  const text = upstream.source === 'RECORDED' ? 'Recorded answers' : HEALTH[upstream.health];
  return (
    <li class={`pill health-${upstream.source === 'RECORDED' ? 'recorded' : upstream.health.toLowerCase()}`}>{text}</li>
  );
}

function LiveStatus({ board }: { readonly board: Board }) {
  const source = board.state.lists.value?.upstream.source;
  const cause = board.outage.value?.cause;
  if (cause === 'gateway') return <li class="pill health-down">Not connected</li>;
  if (cause === 'other') return <li class="pill health-down">Last read failed</li>;
  // A recording never changes, so the page shows no live status.
  if (source === undefined || source === 'RECORDED') return null;
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
