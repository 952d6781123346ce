import type { Plugin } from 'graphql-yoga';

/**
 * Makes a 406 response name each media type once. Yoga lists all of them again for each type that the client accepts, so that 11 kB of
 * `accept` had 134 kB for an answer.
 */
export function useAcceptableTypes(): Plugin {
  return {
    onResultProcess({ acceptableMediaTypes }) {
      const distinct = new Set(acceptableMediaTypes);
      acceptableMediaTypes.splice(0, acceptableMediaTypes.length, ...distinct);
    },
  };
}
