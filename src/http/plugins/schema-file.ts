import type { Plugin } from 'graphql-yoga';
import { createServedFile, serveFile } from '../served-file.ts';

/** The URL path at which the gateway serves its schema. */
export const SCHEMA_PATH = '/schema.graphql';

/** Serves the schema as SDL, for browsers and code generators. Clients revalidate it by its ETag. */
export function useSchemaFile(sdl: string): Plugin {
  const headers = { 'cache-control': 'no-cache', 'content-type': 'text/plain; charset=utf-8' };
  const file = createServedFile(Buffer.from(`${sdl}\n`), headers);
  return {
    onRequest({ request, url, fetchAPI, endResponse }) {
      if (url.pathname === SCHEMA_PATH) endResponse(serveFile(request, file, fetchAPI));
    },
  };
}
