import { type FormattedResult, formatResult, type OperationResult } from '../formatted-result.ts';

/** The payload of a message for the library, which turns it into JSON. A large result is given to `keepText` as JSON instead. */
export function toPayload(result: OperationResult, keepText: (text: string) => void): FormattedResult {
  const shown = formatResult(result);
  if (result.stringify === undefined) return shown;
  keepText(result.stringify(shown));
  return NO_PAYLOAD;
}

const NO_PAYLOAD = {};

/**
 * Puts a result that is JSON already into its message. `texts` has those results by the ids of their operations. The library would turn up
 * to 20 MB into JSON at once, which takes 100 ms and more.
 */
export function withText(message: string, texts: Map<string, string>): string {
  if (texts.size === 0) return message;
  const { id = '', type } = JSON.parse(message) as { readonly id?: string; readonly type: string };
  const text = type === 'next' ? texts.get(id) : undefined;
  if (text === undefined) return message;
  texts.delete(id);
  return `{"id":${JSON.stringify(id)},"type":"next","payload":${text}}`;
}
