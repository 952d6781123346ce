import type { Board, Trouble as TroubleFacts } from '../board.ts';
import { dayOf } from '../format/age.ts';

/** Says that the answers are not live. */
export function Recorded({ board }: { readonly board: Board }) {
  const upstream = board.known.inventory.value?.upstream;
  if (upstream?.source !== 'RECORDED' || upstream.recordedAt === null) return null;
  return (
    <p class="banner recorded">
      <strong>Recorded on {dayOf(upstream.recordedAt)}, not live.</strong> The gateway was started without a live
      source, and shows what RunPod answered then.
    </p>
  );
}

/** Says that the gateway does not answer. It covers the lower edge of the window, so that nothing moves when it comes and goes. */
export function Gone({ board }: { readonly board: Board }) {
  return <div role="alert">{board.trouble.value !== null && <Trouble board={board} {...board.trouble.value} />}</div>;
}

function Trouble({ board, message, againAt }: { readonly board: Board } & TroubleFacts) {
  return (
    <div class="banner trouble">
      <p>
        <strong>{message}</strong>
        {board.known.summary.value.expected > 0 && ' Shown is what was known last.'}{' '}
        <Again board={board} againAt={againAt} />
      </p>
      <button type="button" class="button" onClick={board.readNow}>
        Try now
      </button>
    </div>
  );
}

/** Not read out each second. */
function Again({ board, againAt }: { readonly board: Board; readonly againAt: number }) {
  const seconds = Math.ceil((againAt - board.now.value) / 1000);
  return (
    <span class="again" aria-hidden="true">
      {seconds > 0 ? `Next try in ${seconds} s.` : 'Trying again.'}
    </span>
  );
}
