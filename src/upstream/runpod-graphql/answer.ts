import { z } from 'zod';
import { UpstreamAnswerError } from '../../domain/errors.ts';
import { parseJson } from '../request/exchange.ts';

/**
 * A GraphQL response. `data` has not been validated yet; it is `null` when the response has no data, such as after a syntax error. `errors`
 * is empty when the response has no errors.
 */
export interface Answer {
  readonly data: unknown;
  readonly errors: readonly AnswerError[];
}

/** One GraphQL error. `path` is empty when the error has no path. */
export interface AnswerError {
  readonly message: string;
  readonly path: readonly (string | number)[];
}

/**
 * The maximum number of errors in a response. It is much higher than the number of data centers in one request. A response with more errors
 * is rejected.
 */
const MAX_ERRORS = 1000;

const AnswerSchema = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(z.unknown())
    .max(MAX_ERRORS)
    .pipe(
      z.array(
        z.object({
          message: z.string().catch('no message'),
          path: z
            .array(z.union([z.string(), z.number()]))
            .nullish()
            .transform((path) => path ?? []),
        }),
      ),
    )
    .nullish()
    .transform((errors) => errors ?? []),
});

/**
 * Parses a response body.
 * @throws {UpstreamAnswerError} when the body is not a GraphQL response.
 */
export function parseAnswer(operationName: string, text: string): Answer {
  const answer = AnswerSchema.safeParse(parseJson(operationName, text));
  const { data, errors = [] } = answer.data ?? {};
  // GraphQL leaves out `data` after a request error. A response with neither `data` nor errors is not a GraphQL response.
  if (data === undefined && errors.length === 0) {
    throw new UpstreamAnswerError(operationName, 'the body is not a GraphQL answer', { cause: answer.error });
  }
  return { data: data ?? null, errors };
}
