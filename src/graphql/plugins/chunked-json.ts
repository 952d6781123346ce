import { isAsyncIterable, mapAsyncIterator, type Plugin } from 'graphql-yoga';
import type { GraphQLContext } from '../context.ts';
import { spendOrYield } from '../pace/spend-or-yield.ts';

/** A result, or a part of one, that brings its own way of becoming JSON, which Yoga then uses. */
interface StringifiedResult {
  stringify?: (shown: object) => string;
}

/**
 * Turns the results and the parts of a large operation into JSON piece by piece, with the event loop between. `JSON.stringify` takes some
 * 100 ms for an answer of 20 MB. Libraries that stringify in pieces take ten times as long in all, since they visit every value in
 * JavaScript; here each piece is a call of `JSON.stringify`.
 */
export function useChunkedJson(): Plugin<GraphQLContext> {
  return {
    async onExecutionResult(payload) {
      const { result, context } = payload;
      // An operation that is not valid has no context.
      if (
        result === undefined ||
        Array.isArray(result) ||
        ('data' in result ? result.data == null : !isAsyncIterable(result))
      )
        return;
      // Yoga's type of a context lacks the gateway's own fields.
      const { pace } = context as unknown as GraphQLContext;
      if (!isAsyncIterable(result)) {
        if (pace.isSpread()) await addText(result, (bytes) => pace.run(() => pace.spend(bytes)));
        return;
      }
      const parts = mapAsyncIterator(result, async (part) => {
        if (pace.isSpread()) await addText(part, (bytes) => spendOrYield(pace, bytes));
        return part;
      });
      payload.setResult(parts);
    },
  };
}

/** The members of a result that can be large, each with the depth at which it begins: the data in a part is as deep as other data. */
const LARGE_MEMBERS = new Map([
  ['data', 0],
  ['incremental', -2],
  ['pending', -2],
  ['completed', -2],
]);

async function addText(result: object, spend: (bytes: number) => Promise<void> | void): Promise<void> {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(result)) {
    const depth = LARGE_MEMBERS.get(key);
    // oxlint-disable-next-line no-await-in-loop -- Spreading the work over time is what this is for.
    if (depth !== undefined && value !== undefined) texts.set(key, await stringifyInPieces(value, depth, spend));
  }
  (result as StringifiedResult).stringify = (shown) =>
    `{${Object.entries(shown)
      .map(([key, value]) => [JSON.stringify(key), texts.get(key) ?? JSON.stringify(value)])
      .filter(([, text]) => text !== undefined)
      .map((entry) => entry.join(':'))
      .join(',')}}`;
}

async function stringifyInPieces(
  value: unknown,
  depth: number,
  spend: (bytes: number) => Promise<void> | void,
): Promise<string> {
  const texts: string[] = [];
  let length = 0;
  for (const text of piecesOf(value, depth)) {
    texts.push(text);
    length += text.length;
    if (length < PIECE_LENGTH) continue;
    const bytes = length;
    length = 0;
    await spend(bytes);
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
