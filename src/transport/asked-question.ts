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

/**
 * The question that was read last, and what from. Many ask the same in a row, and to compare costs less than to join, and to look
 * up by a new text. It had no `authorization`: how long comparing takes would tell of one.
 */
let last: AskedQuestion | null = null;
let lastParts: readonly unknown[] = [];

/** `null` for one that is not remembered: it is long, or is sent in a form that is not read here. */
export function readQuestion({ method, url = '', headers }: IncomingMessage, body: string): AskedQuestion | null {
  const { accept = '', origin = '', authorization = '', 'content-type': type = '' } = headers;
  if (url.length + body.length > MAX_QUESTION_LENGTH || headers['content-encoding'] !== undefined) return null;
  if (method === 'POST' && (body === '' || url.includes('?'))) return null;
  const parts = [body, url, method, accept, type, origin];
  const isOpen = authorization === '';
  if (isOpen && last !== null && parts.every((part, index) => part === lastParts[index])) return last;
  const asker = `${accept}\n${type}\n${origin}\n${authorization}`;
  const question = { asker, key: `${method} ${url}\n${asker}\n${body}`, body };
  if (isOpen) {
    last = question;
    lastParts = parts;
  }
  return question;
}
