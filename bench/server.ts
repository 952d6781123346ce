/** One server under measurement in a process of its own; it tells its parent where it listens. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import { createSchema, createYoga } from 'graphql-yoga';
import mercurius from 'mercurius';
import { createApp } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import { printPublicSchema } from '../src/graphql/schema.ts';
import { createLog } from '../src/log.ts';
import { startServer } from '../src/transport/server.ts';
import { QUERIES, type QueryName } from './queries.ts';

const [, , kind, queryName, env = '{}'] = process.argv;
const log = createLog({ level: 'silent', secrets: [] });
const { handler: gateway, listener: ready, loadEngine } = createApp({ config: loadConfig(JSON.parse(env)), log });

async function answerOfGateway(): Promise<string> {
  const response = await gateway.fetch('http://gateway.invalid/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUERIES[queryName as QueryName] }),
  });
  return response.text();
}

/** The same bytes, without looking at the question. */
async function createBareServer(): Promise<RequestListener> {
  const bytes = Buffer.from(await answerOfGateway());
  return (request, response) => {
    request.resume().once('end', () => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length }).end(bytes);
    });
  };
}

/** Yoga as it comes, over the same types, with the answer at hand. */
async function createPlainYoga(): Promise<RequestListener> {
  const { data } = JSON.parse(await answerOfGateway());
  const resolvers = { Query: { gpuAvailability: () => data.gpuAvailability } };
  return createYoga({ schema: createSchema({ typeDefs: printPublicSchema(), resolvers }), logging: false });
}

/** Mercurius on Fastify with its JIT, over the same types, with the answer at hand. */
async function createMercurius(): Promise<RequestListener> {
  const { data } = JSON.parse(await answerOfGateway());
  const resolvers = { Query: { gpuAvailability: () => data.gpuAvailability } };
  const app = fastify();
  await app.register(mercurius, { schema: printPublicSchema(), resolvers, jit: 1 });
  await app.ready();
  return (request, response) => app.routing(request, response);
}

const KINDS: Record<string, () => RequestListener | Promise<RequestListener>> = {
  bare: createBareServer,
  plain: createPlainYoga,
  mercurius: createMercurius,
  async gateway() {
    await loadEngine();
    return ready;
  },
};
const create = KINDS[kind ?? ''];
if (create === undefined) throw new Error(`kind is ${kind}; it must be one of ${Object.keys(KINDS).join(', ')}`);
const listener = await create();
if (kind === 'gateway') {
  const { url } = await startServer(listener, { host: '127.0.0.1', port: 0, log });
  process.send?.(url);
} else {
  // The others are measured without anything around them.
  const server = createServer(listener).listen(0, '127.0.0.1', () => {
    process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
}
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000, peakMb: process.resourceUsage().maxRSS / 1024 });
});
