import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Tracer } from '../observability/tracing/tracer.ts';
import type { Admit } from './admission.ts';
import { hasBody, isTooLong, markTooLong } from './body-length.ts';
import { setEmptyBody } from './buffered-body.ts';
import { respondBeforeBody } from './discarded-body.ts';
import { readBody } from './read-body.ts';
import type { CountRequest } from './request-counter.ts';

/** Dependencies of `receiveRequests`. */
export interface ReceiveOptions {
  /** The path of GraphQL operations. */
  readonly endpoint: string;
  /**
   * The maximum length of a body in bytes. A longer body is refused for every method and path, except on /health, where no body is read.
   */
  readonly maxBodyBytes: number;
  /** Decides whether to read the body of a POST. */
  readonly admit: Admit;
  /**
   * Counts an operation before its body is read. If the client has sent too many operations, the body is not read, and Yoga sends the 429
   * response.
   */
  readonly countRequest: CountRequest;
  readonly tracer: Tracer;
}

/** Handles an operation whose headers are valid. `body` is `null` for a GET. */
export type HandleOperation = (request: IncomingMessage, response: ServerResponse, body: Buffer | null) => void;

/**
 * Checks the headers of requests, and reads the bodies of operations. `answer` handles the operations with valid headers. `handler` answers
 * all other requests, including refused operations, and never receives a body. A body that is not read is discarded as it arrives, up to a
 * limit.
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
    markTooLong(request);
    answerByHeaders(request, response);
  }

  function answerPost(request: IncomingMessage, response: ServerResponse): void {
    if (!admit(request)) answerByHeaders(request, response);
    else if (isTooLong(request, maxBodyBytes)) refuseTooLong(request, response);
    else {
      // This callback runs in an event of the connection, outside of the request's trace. So it is bound to the trace.
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
      // Yoga sends the error response in both cases: if the client has sent too many requests, and if counting the request has failed.
      const refuse = () => answerByHeaders(request, response);
      void counted.then((refusal) => (refusal === null ? proceed() : refuse()), refuse);
    }
  };
}
