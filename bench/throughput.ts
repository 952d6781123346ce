import { deepEqual, equal } from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { printPublicSchema } from '../src/graphql/schema.ts';
import { type Case, casesOf, withHeader } from './cases.ts';
import { load, type Round } from './load.ts';
import { median } from './quantile.ts';
import { QUERIES, type QueryName } from './queries.ts';
import { type GraphQLRequest, send, toPost } from './request.ts';
import type { Given } from './server.ts';
import { FOLDER, type ServerProcess, startGateway, startOther } from './server-process.ts';
import { printTable } from './table.ts';

const ROUNDS = 10;
const ROUND_MS = 1000;
const WARM_UP_MS = 2000;

/** Requests that a round cut off have their answers made meanwhile. */
const PAUSE_MS = 50;

/** A case that is being measured. */
interface Measured extends Case {
  readonly server: ServerProcess;
  readonly status: number;
  /** How the answer came, when not as it is. */
  readonly encoding: string | null;
  /** Of every answer, in bytes. */
  readonly length: number;
  readonly rounds: Round[];
}

/** Measures one operation. Rounds take turns between the servers, so that a slow moment of the machine meets all of them. */
export async function benchThroughput(query: QueryName): Promise<void> {
  const answer = await answerOfGateway(query);
  const given: Given = { sdl: printPublicSchema(), answer };
  const file = join(FOLDER, 'given.json');
  writeFileSync(file, JSON.stringify(given));
  const all: Measured[] = [];
  for (const one of casesOf(query)) all.push(await prepare(one, file, answer));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const measured of all) await measure(measured);
  }
  printTable(toRows(query, all));
  await Promise.all(all.map(({ server }) => server.stop()));
}

async function answerOfGateway(query: QueryName): Promise<string> {
  const gateway = await startGateway();
  const { body } = await send(gateway.url, toPost(QUERIES[query]));
  await gateway.stop();
  const answer = body.toString();
  equal(`${JSON.parse(answer).data.gpuAvailability.nodes.length} rows`, query);
  return answer;
}

/** Starts the server of a case, sees that it answers what it should, and warms it up. */
async function prepare(one: Case, file: string, expected: string): Promise<Measured> {
  const server = await (one.kind === 'gateway' ? startGateway() : startOther(one.kind, file));
  const { status, headers, body } = await send(server.url, one.toRequest(0));
  const encoding = headers['content-encoding'] === undefined ? null : String(headers['content-encoding']);
  equal(status, 200, one.name);
  const text = (encoding === 'gzip' ? gunzipSync(body) : body).toString();
  deepEqual(JSON.parse(text), JSON.parse(expected), one.name);
  const tagged = (request: GraphQLRequest) => withHeader(request, 'if-none-match', String(headers['etag']));
  const asked = one.hasTag ? { ...one, toRequest: (number: number) => tagged(one.toRequest(number)) } : one;
  const measured = { ...asked, server, status: one.hasTag ? 304 : 200, encoding, rounds: [] };
  const { length } = await load({ ...measured, durationMs: WARM_UP_MS, length: undefined });
  server.dropLog();
  return { ...measured, length };
}

/** Every answer must be as long as those that the server gave when it was warm. */
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
