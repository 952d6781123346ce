import type { Plugin } from 'graphql-yoga';

/** Headers of every answer; those of a page are its own as well. */
const HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Repeats the id of a request, which stands in its headers, in those of its response. */
export function useRequestId(): Plugin {
  return {
    onResponse({ request, response }) {
      const id = request.headers.get('x-request-id');
      if (id !== null) response.headers.set('x-request-id', id);
    },
  };
}

/** Tells browsers to guess nothing, to tell nobody, and to show nothing of the gateway in a frame. */
export function useSecurityHeaders(): Plugin {
  return {
    onResponse({ response }) {
      for (const [name, value] of Object.entries(HEADERS)) response.headers.set(name, value);
    },
  };
}
