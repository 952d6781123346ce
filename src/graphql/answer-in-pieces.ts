import type { ExecutionResult } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { GraphQLContext } from './context.ts';
import type { Pace } from './pace.ts';

/** A result that brings its own way of becoming JSON, which Yoga then uses. */
interface StringifiedResult extends ExecutionResult {
  stringify?: (result: ExecutionResult) => string;
}

/**
 * Turns the data of a large operation into JSON piece by piece, with the event loop between. `JSON.stringify` takes some 100 ms for an
 * answer of 20 MB. Libraries that stringify in pieces take ten times as long in all, since they visit every value in JavaScript;
 * here each piece is a call of `JSON.stringify`.
 */
export function useAnswerInPieces(): Plugin<GraphQLContext> {
  return {
    async onExecutionResult({ result, context }) {
      if (result === undefined || Array.isArray(result) || isAsyncIterable(result)) return;
      const stringified: StringifiedResult = result;
      // What Yoga says of a context leaves out ours.
      const { pace } = context as unknown as GraphQLContext;
      if (stringified.data == null || !pace.isSpread()) return;
      const data = await stringifyAtPace(stringified.data, pace);
      stringified.stringify = (shown) =>
        `{${Object.entries(shown)
          .map(([key, value]) => [JSON.stringify(key), key === 'data' ? data : JSON.stringify(value)])
          .filter(([, text]) => text !== undefined)
          .map((entry) => entry.join(':'))
          .join(',')}}`;
    },
  };
}

async function stringifyAtPace(data: unknown, pace: Pace): Promise<string> {
  const texts: string[] = [];
  let length = 0;
  for (const text of piecesOf(data, 0)) {
    texts.push(text);
    length += text.length;
    if (length < PIECE_LENGTH) continue;
    const bytes = length;
    length = 0;
    await pace.run(() => pace.spend(bytes));
  }
  return texts.join('');
}

/** Characters after which the event loop has its turn. */
const PIECE_LENGTH = 200_000;

/** Items of a long list that become one piece. */
const ITEMS_AT_ONCE = 100;

/** Objects and lists at this depth become a piece each. It is where the reports about the entries of a list are. */
const DEPTH = 4;

/** The JSON of a value that holds plain objects, lists and scalars, in pieces. */
function* piecesOf(value: unknown, depth: number): Generator<string> {
  if (depth === DEPTH || typeof value !== 'object' || value === null) {
    yield JSON.stringify(value);
  } else if (!Array.isArray(value)) {
    let before = '{';
    for (const [key, field] of Object.entries(value)) {
      yield `${before}${JSON.stringify(key)}:`;
      yield* piecesOf(field, depth + 1);
      before = ',';
    }
    yield before === '{' ? '{}' : '}';
  } else {
    const atOnce = value.length > ITEMS_AT_ONCE ? ITEMS_AT_ONCE : 1;
    let before = '[';
    for (let begin = 0; begin < value.length; begin += atOnce) {
      yield before;
      if (atOnce === 1) yield* piecesOf(value[begin], depth + 1);
      else yield JSON.stringify(value.slice(begin, begin + atOnce)).slice(1, -1);
      before = ',';
    }
    yield before === '[' ? '[]' : ']';
  }
}
