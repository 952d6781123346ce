import type { Plugin } from 'graphql-yoga';

/** Headers of every response. */
const OF_ALL = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/**
 * The additional headers of responses that are not JSON. Such a response may be a page, so they protect its address from the sites to which
 * it links, and its window from the sites that open it.
 */
const OF_PAGES = {
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
};

/** Sets headers that forbid browsers to guess content types, to send a referrer, and to show the gateway in a frame. */
export function useSecurityHeaders(): Plugin {
  return {
    onResponse({ response }) {
      const isJson = response.headers.get('content-type')?.includes('json') === true;
      const headers = isJson ? OF_ALL : { ...OF_ALL, ...OF_PAGES };
      for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    },
  };
}
