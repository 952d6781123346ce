import type { Board } from '../board.ts';
import { AskAgain } from './ask-links.tsx';
import { Exclusions } from './exclusions.tsx';
import { titleOf } from './list-head.tsx';
import { NeedsForm } from './needs-form.tsx';
import { Options } from './options.tsx';
import { relaxationsOf } from './relaxation.ts';
import { Relaxations } from './relaxations.tsx';

/** The view that finds pods for what a visitor needs. */
export function FindView({ board }: { readonly board: Board }) {
  const { answer, isAsking, problem } = board.find;
  const isBusy = isAsking.value && board.outage.value === null;
  const hasOptions = (answer.value?.placement.totalCount ?? 0) > 0;
  return (
    <div class="find">
      <NeedsForm board={board} />
      <section id="pods" class="found" tabIndex={-1} aria-labelledby="found" aria-busy={isBusy}>
        {/* Always present, because screen readers read out a new text only in an element that already exists. */}
        <p role="status" class="visually-hidden">
          {spokenOf(board)}
        </p>
        <Options board={board} />
      </section>
      {answer.value !== null && problem.value === null && (
        <aside class="why" aria-label="What was left out" aria-busy={isBusy}>
          {hasOptions && (
            <Relaxations find={board.find} relaxations={relaxationsOf(answer.value.placement.relaxations)} />
          )}
          <Exclusions find={board.find} />
          <AskAgain board={board} />
        </aside>
      )}
    </div>
  );
}

/**
 * Returns the text that screen readers read out whenever it changes. The text does not contain a message about a field, because screen
 * readers read out this message beside the field.
 */
function spokenOf(board: Board): string {
  const { answer, problem } = board.find;
  if (problem.value !== null) return problem.value.field === null ? problem.value.message : '';
  return answer.value === null ? '' : titleOf(board, answer.value);
}
