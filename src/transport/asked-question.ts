import type { IncomingMessage } from 'node:http';

/** A question, and all that its answer may depend on. */
export interface AskedQuestion {
  /** Who asks, and how. */
  readonly asker: string;
  /** The same for the same question of the same asker. */
  readonly key: string;
  /** Empty for one by GET, whose question is in its URL. */
  readonly body: string;
}

/** Questions that are remembered: longer ones are hardly asked twice. */
const MAX_QUESTION_LENGTH = 16_384;

/** `null` for one that is not remembered: it is long, or is sent in a form that is not read here. */
export function readQuestion({ method, url = '', headers }: IncomingMessage, body: string): AskedQuestion | null {
  const { accept = '', origin = '', authorization = '', 'content-type': type = '' } = headers;
  if (url.length + body.length > MAX_QUESTION_LENGTH || headers['content-encoding'] !== undefined) return null;
  if (method === 'POST' && (body === '' || url.includes('?'))) return null;
  const asker = `${accept}\n${type}\n${origin}\n${authorization}`;
  return { asker, key: `${method} ${url}\n${asker}\n${body}`, body };
}
