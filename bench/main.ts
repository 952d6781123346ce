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
const ROUND_MS = 1000;
const ROUNDS = 10;

type Kind = 'bare' | 'plain' | 'mercurius' | 'gateway';

/** Starts one server in a process of its own. */
async function start(kind: Kind, query: QueryName, env: Record<string, string> = {}) {
  const child = fork(fileURLToPath(new URL('server.ts', import.meta.url)), [kind, query, JSON.stringify(env)], {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the ${kind} server ended with ${code}`);
  });
  const [url] = await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => {});
  return {
    url: String(url),
    /** CPU time that was used so far, in milliseconds, and the most memory, in MB. */
    usage: async (): Promise<{ readonly cpuMs: number; readonly peakMb: number }> => {
      const answer = once(child, 'message');
      child.send('usage');
      const [usage] = await answer;
      return usage;
    },
    stop: () => child.kill(),
  };
}

/** Questions with another number have another text, and the same answer. */
const toRequest = (query: QueryName, number: number) => ({
  path: '/graphql',
  method: 'POST' as const,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query: QUERIES[query], variables: { number } }),
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
    const { body } = await pool.request(toRequest('rows79', 0));
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

/** What one round measured: answered requests per second, and how long each took, in milliseconds. */
interface Round {
  readonly rate: number;
  readonly tookMs: readonly number[];
}

/** Requests over connections that are kept open; each asks anew, or all the same. */
async function measure(url: string, query: QueryName, asksAnew: boolean): Promise<Round> {
  const pool = new Pool(url, { connections: CONNECTIONS });
  const same = toRequest(query, 0);
  const begin = performance.now();
  const tookMs: number[] = [];
  const client = async () => {
    for (let before = begin; before < begin + ROUND_MS; ) {
      asked += 1;
      const { body } = await pool.request(asksAnew ? toRequest(query, asked) : same);
      await body.dump();
      const after = performance.now();
      tookMs.push(after - before);
      before = after;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
  await pool.close();
  return { rate: tookMs.length / (ROUND_MS / 1000), tookMs };
}

let asked = 0;

const quantile = (values: readonly number[], part: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? 0;

const median = (values: readonly number[]) => quantile(values, 0.5);

const CASES: readonly { readonly name: string; readonly kind: Kind; readonly asksAnew: boolean }[] = [
  { name: 'bare node:http', kind: 'bare', asksAnew: false },
  { name: 'Yoga as it comes', kind: 'plain', asksAnew: true },
  { name: 'Mercurius with JIT', kind: 'mercurius', asksAnew: true },
  { name: 'gateway, executing', kind: 'gateway', asksAnew: true },
  { name: 'gateway, again', kind: 'gateway', asksAnew: false },
];

/** Rounds take turns between the servers, so that a slow moment of the machine meets all of them. */
async function benchWarm(query: QueryName): Promise<void> {
  const servers = await Promise.all(
    CASES.map(async (one) => ({ ...one, ...(await start(one.kind, query)), rounds: [] as Round[], cpuMs: 0 })),
  );
  for (const { url, asksAnew } of servers) await measure(url, query, asksAnew);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const server of servers) {
      const before = await server.usage();
      server.rounds.push(await measure(server.url, query, server.asksAnew));
      server.cpuMs += (await server.usage()).cpuMs - before.cpuMs;
    }
  }
  const bare = median((servers[0]?.rounds ?? []).map(({ rate }) => rate));
  const rows = [];
  for (const { name, rounds, cpuMs, usage } of servers) {
    const rate = median(rounds.map((round) => round.rate));
    const tookMs = rounds.flatMap((round) => round.tookMs);
    rows.push({
      query,
      server: name,
      'requests/s': Math.round(rate),
      'of bare': (rate / bare).toFixed(3),
      'p50 ms': median(tookMs).toFixed(1),
      'p99 ms': quantile(tookMs, 0.99).toFixed(1),
      'CPU ms each': (cpuMs / tookMs.length).toFixed(3),
      'peak MB': Math.round((await usage()).peakMb),
    });
  }
  console.table(rows);
  for (const { stop } of servers) stop();
}

await benchColdSweep();
await benchWarm('rows79');
await benchWarm('rows5');
