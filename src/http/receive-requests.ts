import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Tracer } from '../observability/tracing/tracer.ts';
import type { Admit } from './admission.ts';
import { setEmptyBody } from './buffered-body.ts';
import { hasBody, isTooLong, respondBeforeBody } from './discarded-body.ts';
import { noteTooLong } from './plugins/body-limit.ts';
import { readBody } from './read-body.ts';
import type { CountRequest } from './request-counter.ts';

/** What receiving requests needs. */
export interface ReceiveOptions {
  /** The path of questions. */
  readonly endpoint: string;
  /** Longer bodies are refused, for every method and on every path but /health, where no body is read. */
  readonly maxBodyBytes: number;
  /** Judges a POST before its body is read. */
  readonly admit: Admit;
  /** Counts a question before its body is read. Yoga sends the 429 response. */
  readonly countRequest: CountRequest;
  readonly tracer: Tracer;
}

/** Answers a question whose headers are in order. `body` is `null` for a GET. */
export type HandleOperation = (request: IncomingMessage, response: ServerResponse, body: Buffer | null) => void;

/**
 * Judges requests by their headers, and reads the bodies of questions. `handler` answers everything else, refusals of questions too, and
 * never sees a body. What arrives of a body that nobody reads is discarded up to a bound.
 */
export function receiveRequests(
  { endpoint, maxBodyBytes, admit, countRequest, tracer }: ReceiveOptions,
  answer: HandleOperation,
  handler: RequestListener,
): RequestListener {
  function answerByHeaders(request: IncomingMessage, response: ServerResponse): void {
    if (hasBody(request)) {
      setEmptyBody(request);
      respondBeforeBody(request, response);
    }
    handler(request, response);
  }

  function refuseTooLong(request: IncomingMessage, response: ServerResponse): void {
    noteTooLong(request);
    answerByHeaders(request, response);
  }

  function answerPost(request: IncomingMessage, response: ServerResponse): void {
    if (!admit(request)) answerByHeaders(request, response);
    else if (isTooLong(request, maxBodyBytes)) refuseTooLong(request, response);
    else {
      // The body comes from the connection, and its answer belongs to the request's trace.
      const onBody = tracer.bind((body: Buffer) => answer(request, response, body));
      readBody(request, maxBodyBytes, onBody, () => refuseTooLong(request, response));
    }
  }

  return (request, response) => {
    const { method, url = '' } = request;
    const isToEndpoint = url === endpoint || (url.startsWith(endpoint) && url[endpoint.length] === '?');
    const isPost = isToEndpoint && method === 'POST';
    if (!isPost && isTooLong(request, maxBodyBytes)) {
      refuseTooLong(request, response);
      return;
    }
    const isGet = isToEndpoint && method === 'GET' && url !== endpoint && !hasBody(request);
    if (!isPost && !isGet) {
      answerByHeaders(request, response);
      return;
    }
    const proceed = () => (isPost ? answerPost(request, response) : answer(request, response, null));
    const counted = countRequest(request);
    if (counted === null) proceed();
    else {
      // Yoga says why a request is one too many, or cannot be counted.
      const refuse = () => answerByHeaders(request, response);
      void counted.then((refusal) => (refusal === null ? proceed() : refuse()), refuse);
    }
  };
}
