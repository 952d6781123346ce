import type { Board } from '../board.ts';
import type { Outage } from '../connection.ts';
import { dayOf } from '../format/age.ts';

/** Says that the answers are not live. */
export function RecordedBanner({ board }: { readonly board: Board }) {
  const upstream = board.state.lists.value?.upstream;
  if (upstream?.source !== 'RECORDED' || upstream.recordedAt === null) return null;
  return (
    <p class="banner recorded">
      <strong>Recorded on {dayOf(upstream.recordedAt)}, not live.</strong> The gateway was started without a live
      source, and shows what RunPod answered then.
    </p>
  );
}

/** Says that the gateway does not answer. It covers the lower edge of the window, so that nothing moves when it comes and goes. */
export function OutageBanner({ board }: { readonly board: Board }) {
  return (
    <div role="alert">{board.outage.value !== null && <OutageMessage board={board} {...board.outage.value} />}</div>
  );
}

function OutageMessage({ board, message, retryAt }: { readonly board: Board } & Outage) {
  return (
    <div class="banner trouble">
      <p>
        <strong>{message}</strong>
        {board.state.summary.value.expected > 0 && ' Shown is what was known last.'}{' '}
        <RetryCountdown board={board} retryAt={retryAt} />
      </p>
      <button type="button" class="button" onClick={board.readNow}>
        Try now
      </button>
    </div>
  );
}

/** Not read out each second. */
function RetryCountdown({ board, retryAt }: { readonly board: Board; readonly retryAt: number }) {
  const seconds = Math.ceil((retryAt - board.now.value) / 1000);
  return (
    <span class="again" aria-hidden="true">
      {seconds > 0 ? `Next try in ${seconds} s.` : 'Trying again.'}
    </span>
  );
}
