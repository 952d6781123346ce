import { AsyncResource } from 'node:async_hooks';
import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { WithHeaders } from './client-keys.ts';
import type { Identify, RateLimit } from './rate-limit.ts';
import { readBody } from './read-body.ts';

/** How long an answer holds. */
interface Holding {
  /** Milliseconds since 1970, or infinite. */
  readonly freshUntil: number;
}

/** What ready answers need. */
export interface ReadyAnswersOptions<Context> {
  /** The path of questions. */
  readonly endpoint: string;
  /** Longer bodies are refused. */
  readonly maxBodyBytes: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Changes whenever an answer may have changed. */
  readonly version: () => number;
  /** How long the answer that was made in this context holds; `null` when it should not be kept. */
  readonly holdingOf: (context: Context) => Holding | null;
  /** Tells who asks, and counts it: who is one too many is told so by who makes answers. */
  readonly identify: Identify;
  readonly rateLimit: RateLimit;
  /** Told of each answer that was ready, and how long it took, in seconds. */
  readonly onAnswer: (seconds: number) => void;
}

/** The request of Node that an operation came with. */
interface Incoming {
  readonly req?: IncomingMessage;
}

/** Answers that were made, for those who ask the same. */
export interface ReadyAnswers<Context extends object> {
  /** Gives a ready answer, or has one made by `handler`. */
  before(handler: RequestListener): RequestListener;
  /** Tells which answers may be kept. */
  readonly plugin: Plugin<object, object, Context>;
}

/** An answer as it was sent. It holds while `version` is the same. */
interface Answer {
  readonly version: number;
  readonly freshUntil: number;
  /** Names and values in turn, without the request's id. */
  readonly headers: readonly (string | number)[];
  readonly body: Buffer;
}

/** Questions that are remembered: longer ones are hardly asked twice. */
const MAX_QUESTION_LENGTH = 16_384;

/** What all answers may take together, in bytes: some two hundred whole matrices. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Memory that an answer takes besides its texts, in bytes. */
const OVERHEAD_BYTES = 1000;

/**
 * Keeps answers as they were sent, by all of the question that may matter: method, URL, body, and the headers that what makes
 * answers looks at. An answer is given again only while every observation is as it was, and fresh. It is for who sent the same
 * `authorization`, so that nobody is let in by it. The body is read here for what makes answers, too.
 */
export function createReadyAnswers<Context extends object & Incoming>(
  options: ReadyAnswersOptions<Context>,
): ReadyAnswers<Context> {
  const { endpoint, maxBodyBytes, now, version, holdingOf, identify, rateLimit, onAnswer } = options;
  const answers = new LRUCache<string, Answer>({
    maxSize: MAX_BYTES,
    sizeCalculation: ({ body }, key) => body.length + key.length + OVERHEAD_BYTES,
  });
  const holdings = new WeakMap<IncomingMessage, Holding>();

  /** A ready answer to the question, or `undefined`. */
  function find(question: string): Answer | undefined {
    const answer = answers.get(question);
    return answer !== undefined && answer.version === version() && now() < answer.freshUntil ? answer : undefined;
  }

  /** Whether there is a ready answer, which is then given. At once, where requests are not counted. */
  function give(request: IncomingMessage, response: ServerResponse, question: string): Promise<boolean> | boolean {
    const startedAt = performance.now();
    const ready = find(question);
    if (ready === undefined) return false;
    const send = (): true => {
      const id = request.headers['x-request-id'];
      response.writeHead(200, id === undefined ? [...ready.headers] : ['x-request-id', String(id), ...ready.headers]);
      response.end(ready.body);
      onAnswer((performance.now() - startedAt) / 1000);
      return true;
    };
    const counted = rateLimit(identify(viewOf(request), request));
    return counted === null ? send() : counted.then((refusal) => refusal === null && send());
  }

  /** Keeps what is sent, should it turn out to be an answer that holds. */
  function keepWhenMade(request: IncomingMessage, response: ServerResponse, question: string): void {
    const askedAt = version();
    const parts: Buffer[] = [];
    let written: OutgoingHttpHeaders = {};
    const write = response.write.bind(response) as (...args: unknown[]) => boolean;
    response.write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
      // A stream of events is none that holds, and has no end.
      if (holdings.has(request)) parts.push(Buffer.from(chunk as string));
      return write(chunk, ...rest);
    }) as typeof response.write;
    const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
    response.writeHead = (...args: unknown[]) => {
      const last = args.at(-1);
      if (typeof last === 'object' && last !== null) written = last as OutgoingHttpHeaders;
      return writeHead(...args);
    };
    response.once('finish', () => {
      const holding = holdings.get(request);
      // What changed while the operation was run may or may not be in its answer.
      if (holding === undefined || response.statusCode !== 200 || version() !== askedAt) return;
      const body = Buffer.concat(parts);
      const all = Object.entries({ ...response.getHeaders(), ...written });
      const { 'x-request-id': _, ...sent } = Object.fromEntries(
        all.map(([name, value]) => [name.toLowerCase(), value]),
      );
      if (!String(sent['content-type']).includes('json')) return;
      const headers = Object.entries({ ...sent, 'content-length': body.length }).flatMap(([name, value]) =>
        [value ?? ''].flat().flatMap((one) => [name, one]),
      );
      answers.set(question, { version: askedAt, ...holding, headers, body });
    });
  }

  return {
    before(handler) {
      async function answer(request: IncomingMessage, response: ServerResponse, body: string): Promise<void> {
        const question = isShort(request, body) ? toQuestion(request, body) : null;
        const isGiven = question !== null && give(request, response, question);
        // Why requests cannot be counted is told by who makes answers.
        if (isGiven === true || (isGiven !== false && (await isGiven.catch(() => false)))) return;
        // What makes answers reads the body from here.
        Object.assign(request, { body });
        if (question !== null) keepWhenMade(request, response, question);
        handler(request, response);
      }

      return (request, response) => {
        if (!hasBody(request, endpoint)) {
          handler(request, response);
          return;
        }
        // It belongs to the request's trace, and comes from its connection.
        const trace = new AsyncResource('GATEWAY_BODY', { requireManualDestroy: true });
        const onBody = (body: string) => void trace.runInAsyncScope(answer, undefined, request, response, body);
        readBody(request, maxBodyBytes, onBody, () => refuseBody(request, response, maxBodyBytes));
      };
    },
    plugin: {
      onExecutionResult({ result, context }) {
        const isWhole = result !== undefined && 'data' in result && result.errors === undefined;
        // What Yoga says of a context leaves out ours.
        const { req } = context as Incoming;
        const holding = isWhole && req !== undefined ? holdingOf(context as unknown as Context) : null;
        if (req !== undefined && holding !== null) holdings.set(req, holding);
      },
    },
  };
}

/** Headers of a request of Node, to be read like those of a request of fetch. */
function viewOf({ headers }: IncomingMessage): WithHeaders {
  return { headers: { get: (name) => (name === 'authorization' ? (headers.authorization ?? null) : null) } };
}

const hasBody = ({ method, url }: IncomingMessage, endpoint: string): boolean =>
  method === 'POST' && (url === endpoint || url?.startsWith(`${endpoint}?`) === true);

/** What is left of the body is not read. */
function refuseBody(request: IncomingMessage, response: ServerResponse, maxBodyBytes: number): void {
  const message = `The body is longer than ${maxBodyBytes} bytes.`;
  response.shouldKeepAlive = false;
  response.setHeader('x-request-id', request.headers['x-request-id'] ?? '');
  response.writeHead(413, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] }));
}

/** Sent as it is, to the endpoint itself. */
const isShort = ({ url, headers }: IncomingMessage, body: string): boolean =>
  body.length <= MAX_QUESTION_LENGTH && url?.includes('?') === false && headers['content-encoding'] === undefined;

/** All that an answer may depend on. */
function toQuestion({ headers }: IncomingMessage, body: string): string {
  const { accept = '', origin = '', authorization = '', 'content-type': type = '' } = headers;
  return `${accept}\n${type}\n${origin}\n${authorization}\n${body}`;
}
