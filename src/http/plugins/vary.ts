import type { Plugin } from 'graphql-yoga';

/** The settings that decide which request headers a response may depend on. */
export interface VaryOptions {
  readonly endpoint: string;
  /** Whether pages of other origins may call the gateway. */
  readonly hasCors: boolean;
  /** The request headers that identify the client, such as `Authorization`. They may decide whether the client gets data. */
  readonly credentials: readonly string[];
}

/**
 * Sends one `vary` header with every response of `endpoint`. It lists every request header that the response may depend on, including the
 * headers that other plugins have added. No header is listed twice.
 */
export function useVary({ endpoint, hasCors, credentials }: VaryOptions): Plugin {
  const always = ['Accept', 'Accept-Encoding', ...credentials, ...(hasCors ? ['Origin'] : [])];
  const lowerCase = new Set(always.map((name) => name.toLowerCase()));
  return {
    onResponse({ request, response: { headers } }) {
      if (new URL(request.url).pathname !== endpoint) return;
      const written = (headers.get('vary') ?? '').split(',').map((name) => name.trim());
      const others = written.filter((name) => name !== '' && !lowerCase.has(name.toLowerCase()));
      headers.set('vary', [...always, ...new Set(others)].join(', '));
    },
  };
}
