import type { Plugin } from 'graphql-yoga';

/** What answers may depend on besides the question. */
export interface VaryOptions {
  readonly endpoint: string;
  /** Whether browsers may call from other origins. */
  readonly hasCors: boolean;
  /** Whether clients need a key. */
  readonly hasClientKeys: boolean;
}

/**
 * Sends one `vary` header with every response of `endpoint`. It names each request header that the response may depend on once, whatever
 * other plugins have written to it.
 */
export function useVary({ endpoint, hasCors, hasClientKeys }: VaryOptions): Plugin {
  const ofAll = [
    'Accept',
    'Accept-Encoding',
    ...(hasClientKeys ? ['Authorization'] : []),
    ...(hasCors ? ['Origin'] : []),
  ];
  const lowerCase = new Set(ofAll.map((name) => name.toLowerCase()));
  return {
    onResponse({ request, response: { headers } }) {
      if (new URL(request.url).pathname !== endpoint) return;
      const written = (headers.get('vary') ?? '').split(',').map((name) => name.trim());
      const others = written.filter((name) => name !== '' && !lowerCase.has(name.toLowerCase()));
      headers.set('vary', [...ofAll, ...new Set(others)].join(', '));
    },
  };
}
