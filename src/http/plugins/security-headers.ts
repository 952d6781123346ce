import type { Plugin } from 'graphql-yoga';

/** Headers of every answer. */
const OF_ALL = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Headers of all that is not JSON, besides: it may be a page, which leads elsewhere, and is opened by others. */
const OF_PAGES = {
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
};

/** Tells browsers to guess nothing, to tell nobody, and to show nothing of the gateway in a frame. */
export function useSecurityHeaders(): Plugin {
  return {
    onResponse({ response }) {
      const isJson = response.headers.get('content-type')?.includes('json') === true;
      const headers = isJson ? OF_ALL : { ...OF_ALL, ...OF_PAGES };
      for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    },
  };
}
