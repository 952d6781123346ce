import { type FormattedResult, formatResult, type OperationResult } from '../formatted-result.ts';

/** The payload of a message, which graphql-ws serialises. The JSON of a large result goes to `keepText`, and its payload is empty. */
export function toPayload(result: OperationResult, keepText: (text: string) => void): FormattedResult {
  const formatted = formatResult(result);
  if (result.stringify === undefined) return formatted;
  keepText(result.stringify(formatted));
  return NO_PAYLOAD;
}

const NO_PAYLOAD = {};

/**
 * Inserts the JSON of a large result into its message. `texts` has the JSON by the ids of the operations. graphql-ws would serialise up to
 * 20 MB at once, which takes 100 ms or more.
 */
export function withText(message: string, texts: Map<string, string>): string {
  if (texts.size === 0) return message;
  const { id = '', type } = JSON.parse(message) as { readonly id?: string; readonly type: string };
  const text = type === 'next' ? texts.get(id) : undefined;
  if (text === undefined) return message;
  texts.delete(id);
  return `{"id":${JSON.stringify(id)},"type":"next","payload":${text}}`;
}
