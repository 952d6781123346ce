/** A program that runs a server with which the gateway is compared. The server has the gateway's answer in memory from the start. */
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The data that a server reads from a file when it starts. */
export interface Given {
  /** The SDL of the gateway, without the parts that only federation needs. */
  readonly sdl: string;
  /** The gateway's answer to the measured query. */
  readonly answer: string;
}

/** The kinds of servers. Each kind loads only the libraries that it needs. */
const KINDS: Record<string, (given: Given) => RequestListener | Promise<RequestListener>> = {
  /** Sends the bytes of the answer, without looking at the query. */
  bare({ answer }) {
    const bytes = Buffer.from(answer);
    return (request, response) => {
      request.resume().once('end', () => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length }).end(bytes);
      });
    };
  },

  async yoga(given) {
    const { createSchema, createYoga } = await import('graphql-yoga');
    return createYoga({
      schema: createSchema({ typeDefs: given.sdl, resolvers: resolversOf(given) }),
      logging: false,
    });
  },

  mercurius: (given) => createMercurius(given, false),

  /**
   * Fastify logs with pino, as the gateway does. It writes one line when a request arrives, and another when the request has been answered.
   */
  'mercurius-logging': (given) => createMercurius(given, true),
};

async function createMercurius(given: Given, logger: boolean): Promise<RequestListener> {
  const [{ fastify }, { default: mercurius }] = await Promise.all([import('fastify'), import('mercurius')]);
  const app = fastify({ logger });
  await app.register(mercurius, { schema: given.sdl, resolvers: resolversOf(given), jit: 1 });
  await app.ready();
  return (request, response) => app.routing(request, response);
}

function resolversOf({ answer }: Given) {
  const { data } = JSON.parse(answer);
  return { Query: { gpuAvailability: () => data.gpuAvailability } };
}

const [, , kind = '', file = ''] = process.argv;
const create = KINDS[kind];
if (create === undefined) throw new Error(`kind is ${kind}; it must be one of ${Object.keys(KINDS).join(', ')}`);
const server = createServer(await create(JSON.parse(readFileSync(file, 'utf8'))));
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${kind} ready at http://127.0.0.1:${port}/graphql\n`);
});
