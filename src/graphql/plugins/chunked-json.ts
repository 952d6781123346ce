import { isAsyncIterable, mapAsyncIterator, type Plugin } from 'graphql-yoga';
import type { GraphQLContext } from '../context.ts';
import { spendOrYield } from '../pace/spend-or-yield.ts';

/** A result with a function that converts it to JSON. Yoga calls this function in place of `JSON.stringify`. */
interface StringifiedResult {
  stringify?: (shown: object) => string;
}

/**
 * Converts the results of a large operation to JSON in chunks, and lets the event loop run between the chunks. For a response of 20 MB, a
 * single call of `JSON.stringify` would block the event loop for about 100 ms. This plugin calls it once for each chunk instead. Streaming
 * JSON libraries take ten times as long in total, because they visit every value in JavaScript.
 */
export function useChunkedJson(): Plugin<GraphQLContext> {
  return {
    async onExecutionResult(payload) {
      const { result, context } = payload;
      // These results need no chunks: the result of an invalid operation, which has no context, and a result without data, which is small.
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

/**
 * The fields of a result whose values can be large, each with the nesting depth at which its value begins. The values of `incremental`,
 * `pending` and `completed` are lists of objects. They begin at -2, so that the values of these objects' fields begin at depth 0, as the
 * value of `data` does.
 */
const LARGE_FIELDS = new Map([
  ['data', 0],
  ['incremental', -2],
  ['pending', -2],
  ['completed', -2],
]);

async function addText(result: object, spend: (bytes: number) => Promise<void> | void): Promise<void> {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(result)) {
    const depth = LARGE_FIELDS.get(key);
    // oxlint-disable-next-line no-await-in-loop -- The chunks are spread over time on purpose.
    if (depth !== undefined && value !== undefined) texts.set(key, await stringifyInChunks(value, depth, spend));
  }
  (result as StringifiedResult).stringify = (shown) =>
    `{${Object.entries(shown)
      .map(([key, value]) => [JSON.stringify(key), texts.get(key) ?? JSON.stringify(value)])
      .filter(([, text]) => text !== undefined)
      .map((entry) => entry.join(':'))
      .join(',')}}`;
}

async function stringifyInChunks(
  value: unknown,
  depth: number,
  spend: (bytes: number) => Promise<void> | void,
): Promise<string> {
  const texts: string[] = [];
  let length = 0;
  for (const text of chunksOf(value, depth)) {
    texts.push(text);
    length += text.length;
    if (length < CHUNK_LENGTH) continue;
    const bytes = length;
    length = 0;
    await spend(bytes);
  }
  return texts.join('');
}

/** The number of characters of JSON that are produced before the event loop may run. */
const CHUNK_LENGTH = 200_000;

/** The number of items of a long list that are converted in one call of `JSON.stringify`. */
const ITEMS_AT_ONCE = 100;

/**
 * The nesting depth at which values are no longer split: each of them is converted by one call of `JSON.stringify`. For example, the list
 * of rows in `gpuTypes { availability { nodes } }` has this depth.
 */
const DEPTH = 4;

/** Yields the JSON of a value in chunks. The value must consist of plain objects, lists and scalars. */
function* chunksOf(value: unknown, depth: number): Generator<string> {
  if (depth === DEPTH || typeof value !== 'object' || value === null) {
    yield JSON.stringify(value);
  } else if (!Array.isArray(value)) {
    let before = '{';
    for (const [key, field] of Object.entries(value)) {
      yield `${before}${JSON.stringify(key)}:`;
      yield* chunksOf(field, depth + 1);
      before = ',';
    }
    yield before === '{' ? '{}' : '}';
  } else {
    const atOnce = value.length > ITEMS_AT_ONCE ? ITEMS_AT_ONCE : 1;
    let before = '[';
    for (let begin = 0; begin < value.length; begin += atOnce) {
      yield before;
      if (atOnce === 1) yield* chunksOf(value[begin], depth + 1);
      else yield JSON.stringify(value.slice(begin, begin + atOnce)).slice(1, -1);
      before = ',';
    }
    yield before === '[' ? '[]' : ']';
  }
}
