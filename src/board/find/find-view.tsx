import type { Board } from '../board.ts';
import { AskAgain } from './ask-links.tsx';
import { Exclusions } from './exclusions.tsx';
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
      <section class="found" aria-labelledby="found" aria-busy={isBusy}>
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
