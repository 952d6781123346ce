import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { setBufferedBody } from '../http/buffered-body.ts';
import { type CacheControl, NOT_KEPT } from '../http/cache-control.ts';
import type { HeaderLines } from '../http/header-lines.ts';
import type { HandleOperation } from '../http/receive-requests.ts';
import { SMALL_BYTES } from '../http/response-memory/memory-budget.ts';
import { isUnchanged } from '../http/validators.ts';
import { noteSent, type SentAnswer } from './capture-response.ts';
import { Answer } from './finished-response.ts';
import { type AskedQuestion, createReadQuestion } from './request-key.ts';
import { createDoorkeeper } from './seen-before.ts';
import { createGiveAnswer, type Tagged, toLines } from './send-response.ts';

/** How long an answer holds. */
interface Holding {
  /** Milliseconds on the scale of `now`, or infinite. */
  readonly freshUntil: number;
}

/** What answers from memory. */
interface FromMemory {
  /** To be told of an operation that was answered without errors. */
  answered(operation: { readonly query: string; readonly operationName: string | undefined }): void;
  /**
   * The answer to the operation in a body, as JSON, and how long it holds; `null` when it cannot be had like this, or could take
   * more than `maxBytes`.
   */
  answer(body: string, maxBytes: number): { readonly text: string; readonly holding: Holding | null } | null;
}

/** What ready answers need. */
export interface ReadyAnswersOptions<Context> {
  /** Milliseconds on the steady scale of this process. */
  readonly now: () => number;
  /** Changes whenever an answer may have changed. */
  readonly version: () => number;
  /** How long the answer that was made in this context holds; `null` when it should not be kept. */
  readonly holdingOf: (context: Context) => Holding | null;
  readonly cacheControl: CacheControl;
  /** `null` when every operation is to be run where all of them are. */
  readonly memory: FromMemory | null;
  /** Up to how many bytes an answer may have that is given at once. Longer ones are made by `handler`, which waits for room. */
  readonly mostFor: (request: IncomingMessage) => number;
  /** Whether a large answer may be made at once. Those that were made before are given in any case. */
  readonly mayMakeLarge: () => boolean;
  /** The headers that say what is left of the client's rate limit. */
  readonly quotaLinesOf: (request: IncomingMessage) => HeaderLines;
  /** Called after a response was written. */
  readonly onWritten: (request: IncomingMessage, response: ServerResponse) => void;
  /** Told of each answer that is given here: its status, whether it had been made before, and how long it took, in seconds. */
  readonly onAnswer: (status: number, isReady: boolean, seconds: number) => void;
}

/** The request of Node that an operation came with, and the operation. */
interface Incoming {
  readonly req?: IncomingMessage;
  readonly params?: GraphQLParams;
}

/** Answers that were made, for those who ask the same. */
export interface ReadyAnswers<Context extends object> {
  /** Gives a ready answer, or has one made by `handler`. */
  before(handler: RequestListener): HandleOperation;
  /** Tells which answers may be kept. */
  readonly plugin: Plugin<object, object, Context>;
}

/** What can be given at once. */
interface Found {
  readonly status: 200 | 304;
  /** Whether it had been made before. */
  readonly isReady: boolean;
  readonly give: (response: ServerResponse) => void;
}

/** What all answers may take together, in bytes. */
const MAX_BYTES = 20_000_000;

/**
 * Longer answers are sent as bytes, and so are all that are kept. To make them costs more than to send a text as it is, which
 * Node copies.
 */
const MAX_TEXT_LENGTH = 200_000;

/** Tags that are remembered, in characters of the questions. */
const MAX_TAGGED = 2_000_000;

/** Ways to ask whose headers are remembered, and how long what they are known by may be. */
const MAX_ASKERS = 500;
const MAX_ASKER_LENGTH = 2000;

/** Clients cannot name an answer to POST. */
const UNNAMED = { tag: null, lastModified: null };

/** An answer is made again after this time even if it is fresh. That records the demand for its observations, which keeps them fresh. */
const MAX_AGE_MS = 60_000;

/**
 * Keeps answers as they were sent, by everything the answer may depend on: method, URL, body, and the headers that are read to make
 * it. An answer is given again only while every observation in it is the latest and fresh. Only a request with the same
 * `authorization` gets it, so that a kept answer lets nobody in. Questions that can be answered from memory get the headers of an
 * earlier answer to a request with the same headers.
 */
export function createReadyAnswers<Context extends object & Incoming>(
  options: ReadyAnswersOptions<Context>,
): ReadyAnswers<Context> {
  const { now, version, holdingOf, cacheControl, memory } = options;
  const give = createGiveAnswer(options);
  const readQuestion = createReadQuestion();
  /** By the hash of the question; of two with the same one, the one that was answered last is kept. */
  const answers = new LRUCache<number, Answer>({
    maxSize: MAX_BYTES,
    // A character may take two bytes.
    sizeCalculation: ({ size, key }) => size + 2 * key.length,
  });
  /** The headers of answers to POST, by who asks and how. */
  const linesByAsker = new LRUCache<string, HeaderLines>({ max: MAX_ASKERS });
  /** Tags of answers that nobody was sent, since whoever asked had them. */
  const tagged = new LRUCache<number, Tagged>({
    maxSize: MAX_TAGGED,
    sizeCalculation: ({ key }) => key.length,
  });
  /** Of questions answered from memory: an answer that is kept for nobody costs more than making it again. */
  const doorkeeper = createDoorkeeper();
  const holdings = new WeakMap<IncomingMessage, Holding>();

  /** What was made for the question from the observations that are the latest still, and is fresh. */
  const ifItHolds = <T extends Tagged>(made: T | undefined, { key }: AskedQuestion): T | undefined =>
    made !== undefined &&
    made.key === key &&
    made.version === version() &&
    now() < Math.min(made.freshUntil, made.madeAt + MAX_AGE_MS)
      ? made
      : undefined;

  /** Nobody who was not let in before, asking in the same way, is let in here. */
  function answerFromMemory({ asker, key, hash, body }: AskedQuestion, most: number): Answer | undefined {
    const lines = body === '' ? undefined : linesByAsker.get(asker);
    const made = lines === undefined ? null : (memory?.answer(body, most) ?? null);
    if (lines === undefined || made === null) return undefined;
    const { freshUntil = Number.NEGATIVE_INFINITY } = made.holding ?? {};
    const isKept = made.holding !== null && doorkeeper.cameBefore(hash);
    const sent = isKept || made.text.length > MAX_TEXT_LENGTH ? Buffer.from(made.text) : made.text;
    const answer = new Answer({ key, version: version(), madeAt: now(), freshUntil, body: sent, lines, ...UNNAMED });
    if (isKept) answers.set(hash, answer);
    return answer;
  }

  /** A 304, if the client has the answer. It is sent while the answer may be kept for another second, else caches go by what they have. */
  function findUnchanged(request: IncomingMessage, kept: Answer | undefined, question: AskedQuestion): Found | null {
    const { headers } = request;
    if (headers['if-none-match'] === undefined && headers['if-modified-since'] === undefined) return null;
    const known = kept ?? ifItHolds(tagged.get(question.hash), question);
    if (known === undefined || !isUnchanged(headers, known)) return null;
    const control = cacheControl(known.freshUntil);
    if (control === NOT_KEPT) return null;
    return { status: 304, isReady: true, give: (response) => give.unchanged(request, response, known, control) };
  }

  /** What can be given at once; `null` when it is to be made. */
  function find(request: IncomingMessage, question: AskedQuestion): Found | null {
    const most = options.mostFor(request);
    const kept = ifItHolds(answers.get(question.hash), question);
    const ready = kept !== undefined && kept.body.length <= most ? kept : undefined;
    const unchanged = findUnchanged(request, kept, question);
    if (unchanged !== null) return unchanged;
    const answer = ready ?? answerFromMemory(question, options.mayMakeLarge() ? most : Math.min(most, SMALL_BYTES));
    if (answer === undefined) return null;
    return { status: 200, isReady: ready !== undefined, give: (response) => give.whole(request, response, answer) };
  }

  /** Keeps what is sent, should it turn out to be an answer that holds, and how it was sent. */
  function noteAnswer(
    request: IncomingMessage,
    response: ServerResponse,
    { asker, key, hash, body: asked }: AskedQuestion,
  ): void {
    const askedAt = version();
    const note = ({ status, headers, body }: SentAnswer) => {
      const holding = holdings.get(request);
      const isJson = status === 200 && String(headers['content-type']).includes('json');
      if (holding === undefined || !(isJson || status === 304)) return;
      const lines = toLines(headers);
      if (asked !== '' && asker.length <= MAX_ASKER_LENGTH) linesByAsker.set(asker, lines);
      const tag = headers['etag']?.toString() ?? null;
      const lastModified = headers['last-modified']?.toString() ?? null;
      // What changed while the operation was run may or may not be in its answer.
      if (version() !== askedAt) return;
      const about = { key, version: askedAt, madeAt: now(), freshUntil: holding.freshUntil, tag, lastModified };
      if (isJson) answers.set(hash, new Answer({ ...about, body, lines }));
      else tagged.set(hash, { ...about, linesWithoutBody: lines });
    };
    // A stream of events is none that holds, and has no end.
    noteSent(response, () => holdings.has(request), note);
  }

  return {
    before(handler) {
      return (request, response, body) => {
        const startedAt = performance.now();
        const question = readQuestion(request, body === null ? '' : body.toString());
        const found = question === null ? null : find(request, question);
        if (found !== null) {
          found.give(response);
          options.onAnswer(found.status, found.isReady, (performance.now() - startedAt) / 1000);
          return;
        }
        if (body !== null) setBufferedBody(request, body);
        if (question !== null) noteAnswer(request, response, question);
        handler(request, response);
      };
    },
    plugin: {
      onExecutionResult({ result, context }) {
        const isWhole = result !== undefined && 'data' in result && result.errors === undefined;
        // What Yoga says of a context leaves out ours.
        const { req, params } = context as Incoming;
        if (!isWhole || req === undefined) return;
        const holding = holdingOf(context as unknown as Context);
        if (holding !== null) holdings.set(req, holding);
        const { query, operationName } = params ?? {};
        if (query !== undefined) memory?.answered({ query, operationName: operationName ?? undefined });
      },
    },
  };
}
