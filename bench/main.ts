/** Measures the gateway side by side with its limits, in one run: `npm run bench`. Prints tables and writes nothing. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { createLog } from '../src/log.ts';
import { startServer } from '../src/transport/server.ts';
import { readNewestRecording } from '../src/upstream/recorded/recording.ts';
import { createRecordedServer } from '../src/upstream/recorded/server.ts';
import { QUERIES, type QueryName } from './queries.ts';

const LATENCY_MS = 140;
/** What a cold sweep may take, as a multiple of its limit. */
const COLD_SWEEP_AT_MOST = 1.1;
const CONNECTIONS = 50;
const ROUND_MS = 2000;
const ROUNDS = 3;

type Kind = 'bare' | 'plain' | 'gateway';

/** Starts one server in a process of its own. */
async function start(kind: Kind, query: QueryName, env: Record<string, string> = {}) {
  const child = fork(fileURLToPath(new URL('server.ts', import.meta.url)), [kind, query, JSON.stringify(env)]);
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the ${kind} server ended with ${code}`);
  });
  const [url] = await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => {});
  return { url: String(url), stop: () => child.kill() };
}

const toRequest = (query: QueryName) => ({
  path: '/graphql',
  method: 'POST' as const,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query: QUERIES[query] }),
});

/** An upstream that takes `LATENCY_MS` and next to no time of its own: it gives again what it answered before. */
async function startUpstream() {
  const recorded = createRecordedServer(readNewestRecording());
  const answers = new Map<string, string>();
  return startServer(
    async (request, response) => {
      const arrived = performance.now();
      const body = await text(request);
      let answer = answers.get(body);
      if (answer === undefined) {
        const headers = { 'content-type': 'application/json' };
        answer = await (
          await recorded.fetch('http://recording.invalid/graphql', { method: 'POST', headers, body })
        ).text();
        answers.set(body, answer);
      }
      await wait(LATENCY_MS - (performance.now() - arrived));
      response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    },
    { host: '127.0.0.1', port: 0, log: createLog({ level: 'silent', secrets: [] }) },
  );
}

/** The first round, whose answers the upstream has yet to make, is not counted. */
async function benchColdSweep(): Promise<void> {
  const ratios: number[] = [];
  const upstream = await startUpstream();
  const recording = readNewestRecording();
  const types = recording.gpuTypes.filter(({ id }) => id !== 'unknown').length;
  const limitMs = LATENCY_MS * (1 + Math.ceil(types / 3));
  for (let round = 0; round <= ROUNDS; round += 1) {
    const gateway = await start('gateway', 'rows79', {
      UPSTREAM: 'graphql',
      RUNPOD_GRAPHQL_URL: `${upstream.url}/graphql`,
    });
    const pool = new Pool(gateway.url);
    const before = performance.now();
    const { body } = await pool.request(toRequest('rows79'));
    await body.dump();
    const tookMs = performance.now() - before;
    const ratio = tookMs / limitMs;
    if (round > 0) {
      ratios.push(ratio);
      console.log(`cold sweep ${round}: ${tookMs.toFixed(0)} ms, ${ratio.toFixed(3)} of its limit of ${limitMs} ms`);
    }
    await pool.close();
    gateway.stop();
  }
  await upstream.close(0);
  if (median(ratios) > COLD_SWEEP_AT_MOST) {
    console.error(`The cold sweep took more than ${COLD_SWEEP_AT_MOST} of its limit.`);
    process.exitCode = 1;
  }
}

/** Answered requests per second over connections that are kept open. */
async function measure(url: string, query: QueryName): Promise<number> {
  const pool = new Pool(url, { connections: CONNECTIONS });
  const request = toRequest(query);
  const end = performance.now() + ROUND_MS;
  let answered = 0;
  const client = async () => {
    while (performance.now() < end) {
      const { body } = await pool.request(request);
      await body.dump();
      answered += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
  await pool.close();
  return answered / (ROUND_MS / 1000);
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Rounds take turns between the servers, so that a slow moment of the machine meets all of them. */
async function benchWarm(query: QueryName): Promise<void> {
  const kinds: readonly Kind[] = ['bare', 'plain', 'gateway'];
  const servers = await Promise.all(
    kinds.map(async (kind) => ({ kind, ...(await start(kind, query)), rates: [] as number[] })),
  );
  for (const { url } of servers) await measure(url, query);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { url, rates } of servers) rates.push(await measure(url, query));
  }
  const bare = median(servers[0]?.rates ?? []);
  console.table(
    servers.map(({ kind, rates }) => ({
      query,
      server: kind,
      'requests/s': Math.round(median(rates)),
      'of bare': (median(rates) / bare).toFixed(3),
    })),
  );
  for (const { stop } of servers) stop();
}

await benchColdSweep();
await benchWarm('rows79');
await benchWarm('rows5');
