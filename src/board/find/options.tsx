import type { Board } from '../board.ts';
import type { Outage } from '../connection.ts';
import { CoverageNote } from './coverage-note.tsx';
import { Empty } from './empty.tsx';
import type { Find } from './find.ts';
import { nextFirst } from './form.ts';
import { ListHead } from './list-head.tsx';
import { OptionItem } from './option-item.tsx';

const PLACEHOLDERS = [1, 2, 3, 4];

/** The pods that meet the needs, the best first. */
export function Options({ board }: { readonly board: Board }) {
  const { find, outage } = board;
  const problem = find.problem.value;
  const answer = find.answer.value;
  if (problem !== null) return <Invalid message={problem.field === null ? problem.message : null} />;
  if (answer === null) return outage.value === null ? <Loading /> : <Unanswered outage={outage.value} />;
  const { options, totalCount } = answer.placement;
  return (
    <>
      <ListHead board={board} answer={answer} />
      <CoverageNote placement={answer.placement} />
      {totalCount === 0 ? (
        <Empty find={find} answer={answer} />
      ) : (
        <ol class="options">
          {options.map((option) => (
            <OptionItem key={option.availability.id} board={board} option={option} />
          ))}
        </ol>
      )}
      {totalCount > 0 && (
        <p class="hint">
          The copied request creates the pod. Replace {'<name>'} and {'<image>'}; curl takes your key from
          RUNPOD_API_KEY.
        </p>
      )}
      {totalCount > options.length && <More find={find} totalCount={totalCount} />}
    </>
  );
}

/** Lets the visitor see more pods, up to a limit. */
function More({ find, totalCount }: { readonly find: Find; readonly totalCount: number }) {
  const more = nextFirst(find.form.value.first);
  if (more === null) return <p class="hint">Further pods are not listed. Add a need to find them.</p>;
  return (
    <button
      type="button"
      class="button"
      onClick={() => {
        find.change({ first: more });
        // The clicked button may disappear, so the focus moves to the last pod in the list. From there, the Tab key leads to the first
        // added pod.
        document.querySelector<HTMLElement>('.option:last-child .copy:last-of-type')?.focus({ preventScroll: true });
      }}
    >
      Show {Math.min(more, totalCount)} of {totalCount} pods
    </button>
  );
}

/** The message that is shown instead of the list while what the visitor has entered is not valid. */
const Invalid = ({ message }: { readonly message: string | null }) => (
  <div class="nothing empty">
    <h2 id="found">{message ?? 'One of the needs is not valid. The message beside it says why.'}</h2>
  </div>
);

const Loading = () => (
  <div>
    <h2 id="found">Looking for pods</h2>
    {PLACEHOLDERS.map((key) => (
      <div key={key} class="skeleton-row option-placeholder" />
    ))}
  </div>
);

const HEADLINES = { gateway: 'The gateway does not answer', runpod: 'RunPod does not answer the gateway' } as const;

/** Shown instead of the list during an outage, if no answer has arrived yet. */
function Unanswered({ outage }: { readonly outage: Outage }) {
  const { cause, message } = outage;
  return (
    <div class="nothing empty">
      <h2 id="found">{cause === 'other' ? message : HEADLINES[cause]}</h2>
      <p>Nothing is known about pods yet. The page keeps trying.</p>
    </div>
  );
}
