import type { Board } from '../board.ts';
import { CopyButton } from './copy-button.tsx';
import { graphiQLAddress, questionAsCurl } from './question-text.ts';

/** A link that opens the query of the page in GraphiQL, and a button that copies the query as a curl command. */
export function AskAgain({ board }: { readonly board: Board }) {
  const question = board.find.question.value;
  if (question === null) return null;
  const asCurl = () => questionAsCurl(question, location.origin, board.key.value !== null);
  return (
    <section class="ask" aria-labelledby="ask">
      <h2 id="ask">Ask this by API</h2>
      <p>
        <a href={graphiQLAddress(question)}>Open in GraphiQL</a>{' '}
        <CopyButton label="Copy curl" name="Copy curl for this question" text={asCurl} />
      </p>
    </section>
  );
}
