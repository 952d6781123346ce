import type { Board } from '../board.ts';
import { keepFocus } from '../browser/move-focus.ts';
import type { Outage } from '../connection.ts';
import { dayOf } from '../format/age.ts';

/** Explains that the gateway serves a recording. */
export function RecordedBanner({ board }: { readonly board: Board }) {
  const upstream = board.state.lists.value?.upstream;
  if (upstream?.source !== 'RECORDED' || upstream.recordedAt === null) return null;
  return (
    <p class="banner recorded">
      <strong>Recorded on {dayOf(upstream.recordedAt)}, not live.</strong>{' '}
      <span class="recorded-why">
        The gateway runs without a live source and shows RunPod's answers from that time.
      </span>
    </p>
  );
}

/**
 * Tells the visitor that the gateway does not respond. The banner covers the lower edge of the window, so that nothing moves when it
 * appears.
 */
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
        {(board.state.summary.value.expected > 0 || board.find.answer.value !== null) &&
          ' The page shows the last known answers.'}{' '}
        <RetryCountdown board={board} retryAt={retryAt} />
      </p>
      <button ref={keepFocus} type="button" class="button" onClick={board.readNow}>
        Try now
      </button>
    </div>
  );
}

/** Counts down to the next attempt to read the data. The countdown is hidden from screen readers, which would read it out every second. */
function RetryCountdown({ board, retryAt }: { readonly board: Board; readonly retryAt: number }) {
  const seconds = Math.ceil((retryAt - board.now.value) / 1000);
  return (
    <span class="again" aria-hidden="true">
      {seconds > 0 ? `Next try in ${seconds} s.` : 'Trying again.'}
    </span>
  );
}
