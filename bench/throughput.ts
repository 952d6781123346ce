import { deepEqual, equal } from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { createProgress } from '../src/cli/progress.ts';
import { printPublicSchema } from '../src/graphql/schema.ts';
import { readNewestRecording } from '../src/upstream/recorded/recording.ts';
import { type Case, casesOf, withHeader } from './cases.ts';
import { load, type Round } from './load.ts';
import { median } from './quantile.ts';
import { QUERIES, type QueryName } from './queries.ts';
import { type GraphQLRequest, send, toPost } from './request.ts';
import type { Given } from './server.ts';
import { FOLDER, type ServerProcess, startGateway, startOther } from './server-process.ts';
import { printTable } from './table.ts';
import { startUpstream, type Upstream } from './upstream.ts';

const ROUNDS = 10;
const ROUND_MS = 1000;
const WARM_UP_MS = 2000;

/**
 * The pause after each round, in milliseconds. During the pause, the server answers the requests that were in progress at the end of the
 * round.
 */
const PAUSE_MS = 50;

/** Settings of a gateway that refreshes all its data in the background before the data is two seconds old. */
const RENEWING = { REFRESH: 'background', FRESH_SECONDS: '2' };

/** How long the stand-in for RunPod takes to answer the gateway that refreshes its data, in milliseconds. */
const LATENCY_MS = 20;

/** A case that is being measured. */
interface Measured extends Case {
  readonly server: ServerProcess;
  readonly status: number;
  /** The encoding of the responses; `null` if they are not encoded. */
  readonly encoding: string | null;
  /** The length of every response in bytes; `undefined` if the lengths differ. */
  readonly length: number | undefined;
  readonly rounds: Round[];
}

/**
 * Measures one operation. Each round measures all servers one after the other, so that a slow moment of the machine affects all of them.
 */
export async function benchThroughput(query: QueryName): Promise<void> {
  const answer = await answerOfGateway(query);
  const given: Given = { sdl: printPublicSchema(), answer };
  const file = join(FOLDER, 'given.json');
  writeFileSync(file, JSON.stringify(given));
  const upstream = await startUpstream(readNewestRecording(), LATENCY_MS);
  const all: Measured[] = [];
  const progress = createProgress();
  progress.show(`${query}: starting and warming up the servers`);
  for (const one of casesOf(query)) all.push(await prepare(one, file, answer, upstream));
  for (let round = 0; round < ROUNDS; round += 1) {
    progress.show(`${query}: round ${round + 1} of ${ROUNDS}`);
    for (const measured of all) await measure(measured);
  }
  progress.end();
  printTable(toRows(query, all));
  await Promise.all(all.map(({ server }) => server.stop()));
  await upstream.close();
}

async function answerOfGateway(query: QueryName): Promise<string> {
  const gateway = await startGateway();
  const { body } = await send(gateway.url, toPost(QUERIES[query]));
  await gateway.stop();
  const answer = body.toString();
  equal(`${JSON.parse(answer).data.gpuAvailability.nodes.length} rows`, query);
  return answer;
}

/** Starts the server of a case. */
async function start({ kind, isRenewing = false }: Case, file: string, upstream: Upstream): Promise<ServerProcess> {
  if (kind !== 'gateway') return startOther(kind, file);
  if (!isRenewing) return startGateway();
  const gateway = await startGateway({ ...upstream.settings, ...RENEWING });
  // The gateway refreshes only the data that clients request. This request covers every GPU type.
  await send(gateway.url, toPost(QUERIES['79 rows']));
  return gateway;
}

/** Parses a response, and removes `observedAt`, which differs from server to server. */
const withoutTimes = (text: string): unknown =>
  JSON.parse(text, (key, value) => (key === 'observedAt' ? undefined : value));

/** Starts the server of a case, checks its response, and warms it up. */
async function prepare(one: Case, file: string, expected: string, upstream: Upstream): Promise<Measured> {
  const server = await start(one, file, upstream);
  const { status, headers, body } = await send(server.url, one.toRequest(0));
  const encoding = headers['content-encoding'] === undefined ? null : String(headers['content-encoding']);
  equal(status, 200, one.name);
  const text = (encoding === 'gzip' ? gunzipSync(body) : body).toString();
  deepEqual(withoutTimes(text), withoutTimes(expected), one.name);
  const tagged = (request: GraphQLRequest) => withHeader(request, 'if-none-match', String(headers['etag']));
  const asked = one.hasTag ? { ...one, toRequest: (number: number) => tagged(one.toRequest(number)) } : one;
  const measured = { ...asked, server, status: one.hasTag ? 304 : 200, encoding, rounds: [] };
  const { length } = await load({ ...measured, durationMs: WARM_UP_MS, length: undefined });
  server.dropLog();
  // If a gateway refreshes its data, the length of its `cache-control` header varies. So the lengths of its responses vary too.
  return { ...measured, length: one.isRenewing === true ? undefined : length };
}

/** Measures one round. Every response must be as long as the responses during the warm-up, unless the gateway refreshes its data. */
async function measure(measured: Measured): Promise<void> {
  measured.rounds.push(await load({ ...measured, durationMs: ROUND_MS }));
  await wait(PAUSE_MS);
  measured.server.dropLog();
}

function toRows(query: QueryName, all: readonly Measured[]) {
  const bare = all[0]?.rounds ?? [];
  return all.map(({ name, encoding, rounds, server }) => {
    const of = (value: (round: Round) => number) => median(rounds.map(value));
    return {
      query,
      server: encoding === null ? name : `${name}, came as ${encoding}`,
      'requests/s': Math.round(of(({ rate }) => rate)),
      'of bare': median(rounds.map(({ rate }, round) => rate / (bare[round]?.rate ?? Number.NaN))).toFixed(3),
      'p50 ms': of(({ p50 }) => p50).toFixed(2),
      'p99 ms': of(({ p99 }) => p99).toFixed(2),
      'p99/p50': of(({ p50, p99 }) => p99 / p50).toFixed(2),
      'CPU ms each': of(({ cpuMs }) => cpuMs).toFixed(3),
      'peak MB': server.memoryMb().peak,
    };
  });
}
