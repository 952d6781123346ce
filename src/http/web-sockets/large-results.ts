import { type FormattedResult, formatResult, type OperationResult } from '../formatted-result.ts';

/**
 * Returns the payload of the message in which graphql-ws sends a result. If the result is large, the payload is empty, and the JSON of the
 * result is passed to `keepText`. `withText` inserts this JSON into the message later.
 */
export function toPayload(result: OperationResult, keepText: (text: string) => void): FormattedResult {
  const formatted = formatResult(result);
  if (result.stringify === undefined) return formatted;
  keepText(result.stringify(formatted));
  return NO_PAYLOAD;
}

const NO_PAYLOAD = {};

/**
 * Inserts the JSON of a large result into the message that graphql-ws created for it. `texts` maps the id of an operation to the JSON of
 * its result. graphql-ws does not serialise large results itself. It would serialise up to 20 MB at once, which takes 100 ms or more.
 */
export function withText(message: string, texts: Map<string, string>): string {
  if (texts.size === 0) return message;
  const { id = '', type } = JSON.parse(message) as { readonly id?: string; readonly type: string };
  const text = type === 'next' ? texts.get(id) : undefined;
  if (text === undefined) return message;
  texts.delete(id);
  return `{"id":${JSON.stringify(id)},"type":"next","payload":${text}}`;
}
