import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { crc32 } from 'node:zlib';
import { STREAM_TOKEN } from '../http/plugins/single-connection.ts';

/** A question, and all that its answer may depend on. */
export interface AskedQuestion {
  /** Who asks, and how. */
  readonly asker: string;
  /** The same for the same question of the same asker. */
  readonly key: string;
  /** Of the key: seldom the same for others. */
  readonly hash: number;
  /** Empty for one by GET, whose question is in its URL. */
  readonly body: string;
}

/** Reads the question of a request; `null` for one that is not remembered: it is long, or is sent in a form that is not read here. */
export type ReadQuestion = (request: IncomingMessage, body: string) => AskedQuestion | null;

/** Questions that are remembered: longer ones are hardly asked twice. */
const MAX_QUESTION_LENGTH = 16_384;

/**
 * Recognises the last question, and the last set of headers. Many requests in a row ask the same question or have the same headers,
 * and comparing costs less than joining strings and hashing the result. Questions with an `authorization` are not compared with the
 * last question, which may be another client's: the time that the comparison takes would reveal something about it.
 */
export function createReadQuestion(): ReadQuestion {
  let way = { accept: '', type: '', origin: '', asker: '\n\n\n' };
  let last = { method: '', url: '', question: toQuestion('', '', '') };

  /** Who asks and how, but for the `authorization`. */
  function openAsker({ accept = '', 'content-type': type = '', origin = '' }: IncomingHttpHeaders): string {
    if (accept !== way.accept || type !== way.type || origin !== way.origin) {
      way = { accept, type, origin, asker: `${accept}\n${type}\n${origin}\n` };
    }
    return way.asker;
  }

  return ({ method = '', url = '', headers }, body) => {
    if (url.length + body.length > MAX_QUESTION_LENGTH || headers['content-encoding'] !== undefined) return null;
    if (headers[STREAM_TOKEN] !== undefined) return null;
    if (method === 'POST' && (body === '' || url.includes('?'))) return null;
    const { authorization = '' } = headers;
    const question = (asker: string) => toQuestion(asker, `${method} ${url}\n${asker}\n${body}`, body);
    const asker = openAsker(headers);
    if (authorization !== '') return question(asker + authorization);
    const known = last.question;
    const isLast = body === known.body && asker === known.asker && url === last.url && method === last.method;
    if (!isLast) last = { method, url, question: question(asker) };
    return last.question;
  };
}

/** Hashed once, for all that looks it up: V8 would hash a text that is made anew each time. */
const toQuestion = (asker: string, key: string, body: string): AskedQuestion => ({
  asker,
  key,
  hash: crc32(key),
  body,
});
