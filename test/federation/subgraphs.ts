import { createYoga } from 'graphql-yoga';
import { readSdl } from '../../examples/federation/compose.ts';
import { createNotesSchema } from '../../examples/federation/notes.ts';
import { startServer } from '../../src/http/server.ts';
import { createGateway } from '../support/gateway.ts';

/** Starts the gateway and the notes subgraph of the federation example, each on its own port. Returns the URL and the SDL of both. */
export async function startSubgraphs() {
  const { listener, log } = createGateway();
  const options = { host: '127.0.0.1', port: 0, log };
  const servers = await Promise.all([
    startServer(listener, options),
    startServer(createYoga({ schema: createNotesSchema(), logging: false }), options),
  ]);
  const [gpus = '', notes = ''] = servers.map((server) => `${server.url}/graphql`);
  const subgraphs = [
    { name: 'gpus', url: gpus, sdl: await readSdl(gpus) },
    { name: 'notes', url: notes, sdl: await readSdl(notes) },
  ] as const;
  return {
    subgraphs,
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server.close(0)));
    },
  };
}
