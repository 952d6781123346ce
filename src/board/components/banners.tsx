import { dayOf } from '../age.ts';
import type { Board } from '../board.ts';

/** What must not be overlooked: answers that are not live, and a gateway that does not answer. */
export function Banners({ board }: { readonly board: Board }) {
  return (
    <>
      <Recorded board={board} />
      <div role="alert" class="alerts">
        <Gone board={board} />
      </div>
    </>
  );
}

function Recorded({ board }: { readonly board: Board }) {
  const upstream = board.known.inventory.value?.upstream;
  if (upstream?.source !== 'RECORDED' || upstream.recordedAt === null) return null;
  return (
    <p class="banner recorded">
      <strong>Recorded on {dayOf(upstream.recordedAt)}, not live.</strong> The gateway was started without a live
      source, and shows what RunPod answered then.
    </p>
  );
}

function Gone({ board }: { readonly board: Board }) {
  const trouble = board.trouble.value;
  if (trouble === null) return null;
  return (
    <div class="banner trouble">
      <p>
        <strong>{trouble.message}</strong>
        {board.known.summary.value.expected > 0 && ' Shown is what was known last.'}{' '}
        <Again board={board} againAt={trouble.againAt} />
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
  return <span aria-hidden="true">{seconds > 0 ? `Next try in ${seconds} s.` : 'Trying again.'}</span>;
}
