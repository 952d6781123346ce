import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { SYSTEM_CLOCK } from '../../src/domain/clock.ts';
import { startServer } from '../../src/http/server.ts';
import { createLog } from '../../src/observability/log.ts';
import { readRecording20251114 } from './recording-2025-11-14.ts';

/** Starts a gateway that listens on a port and logs at `level`, and collects the lines of its log. */
export async function open(level = 'info', now = () => performance.now(), env: Record<string, string> = {}) {
  const lines: Record<string, unknown>[] = [];
  const log = createLog({ level, secrets: [] }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const { listener, webSockets, labelClient } = createApp({
    config: loadConfig(env),
    log,
    clock: { ...SYSTEM_CLOCK, now },
    readRecording: readRecording20251114,
  });
  const server = await startServer(listener, { host: '127.0.0.1', port: 0, log, webSockets, labelClient });
  const send = (body: unknown, headers: Record<string, string> = {}, path = '/graphql') =>
    fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer hidden', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const post = (query: string, headers: Record<string, string> = {}) =>
    send({ query }, headers, '/graphql?secret=hidden');
  const ended = () => lines.filter(({ msg }) => msg === 'request ended');
  return { url: server.url, log, lines, send, post, ended, [Symbol.asyncDispose]: () => server.close(0) };
}
