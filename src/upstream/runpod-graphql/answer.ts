import { z } from 'zod';
import { UpstreamAnswerError } from '../../domain/errors.ts';
import { parseJson } from '../exchange.ts';

/** A GraphQL answer: `data` is not looked into yet; `errors` is empty when all went well. */
export interface Answer {
  readonly data: unknown;
  readonly errors: readonly AnswerError[];
}

/** One error of an answer; `path` is empty when the error does not say where it happened. */
export interface AnswerError {
  readonly message: string;
  readonly path: readonly (string | number)[];
}

/** Many more errors than cells that can be asked for are no answer. */
const MAX_ERRORS = 1000;

const AnswerSchema = z.object({
  data: z.unknown(),
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

/** Reads the body of an HTTP answer. @throws {UpstreamAnswerError} when it is not a GraphQL answer. */
export function parseAnswer(operationName: string, text: string): Answer {
  const answer = AnswerSchema.safeParse(parseJson(operationName, text));
  if (!answer.success) {
    throw new UpstreamAnswerError(operationName, 'the body is not a GraphQL answer', { cause: answer.error });
  }
  return answer.data;
}
