import type { Board } from '../board.ts';
import { DownloadButtons, type FileFormat } from '../components/download-buttons.tsx';
import { download } from '../export/download.ts';
import { ageOf, shortDayOf } from '../format/age.ts';
import { fileNameOf, optionsAsCsv, optionsAsJson } from './export-options.ts';
import type { Answer, Find } from './find.ts';
import { listTitleOf } from './list-title.ts';

interface ListHeadProps {
  readonly board: Board;
  readonly answer: Answer;
}

/**
 * Returns the title of the list. When the needs have changed, the list shows the previous answer until the new one arrives. Only during an
 * outage does the title say that the answer is the previous one. Otherwise the wait is short, and the line below the title says that the
 * page is waiting for an answer.
 */
export const titleOf = ({ outage, find }: Board, answer: Answer): string =>
  listTitleOf(answer, outage.value !== null && find.isAsking.value);

/** The line above the list: how many pods there are, when the list arrived, the order, and the downloads. */
export function ListHead({ board, answer }: ListHeadProps) {
  const { options } = answer.placement;
  return (
    <div class="list-head">
      <div>
        <h2 id="found" tabIndex={-1}>
          {titleOf(board, answer)}
        </h2>
        <p class="asked">{askedAt(board, answer)}</p>
      </div>
      <OrderField find={board.find} />
      {options.length > 0 && <Downloads board={board} answer={answer} />}
    </div>
  );
}

function askedAt({ find, state, now, outage }: Board, { arrivedAt }: Answer): string {
  const upstream = state.lists.value?.upstream;
  if (upstream?.source === 'RECORDED' && upstream.recordedAt !== null) {
    return `In the recording of ${shortDayOf(upstream.recordedAt)}`;
  }
  if (outage.value === null && find.isAsking.value) return 'Asking the gateway';
  const asked = ageOf(new Date(arrivedAt).toISOString(), now.value);
  return outage.value === null ? `Asked ${asked}` : `Last answer ${asked}`;
}

/** Lets the visitor choose which pod comes first. */
function OrderField({ find }: { readonly find: Find }) {
  const { prefer } = find.form.value;
  return (
    <fieldset class="segments order">
      <legend class="visually-hidden">Order</legend>
      {(['CHEAPEST', 'LIKELIEST'] as const).map((order) => (
        <label key={order} title={order === 'LIKELIEST' ? 'The pods with the most stock first' : undefined}>
          <input type="radio" name="order" checked={prefer === order} onChange={() => find.change({ prefer: order })} />
          <span>{order === 'CHEAPEST' ? 'Cheapest first' : 'Likeliest first'}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Downloads({ board, answer }: ListHeadProps) {
  const save = (format: FileFormat) => {
    const { lists } = board.state;
    if (lists.value === null) return;
    const { upstream } = lists.value;
    const name = fileNameOf(answer, upstream, format);
    if (format === 'csv') download(optionsAsCsv(answer), { name, type: 'text/csv;charset=utf-8' });
    else download(optionsAsJson(answer, upstream), { name, type: 'application/json' });
  };
  return <DownloadButtons name="Download the list as" onSave={save} />;
}
