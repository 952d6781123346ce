import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { createProgress } from '../src/cli/progress.ts';
import { startServer } from '../src/http/server.ts';
import { createLog } from '../src/observability/log.ts';
import { type Recording, readNewestRecording } from '../src/upstream/recorded/recording.ts';
import { createRecordedServer } from '../src/upstream/recorded/server.ts';
import { median } from './quantile.ts';
import { QUERIES } from './queries.ts';
import { send, toPost } from './request.ts';
import { startGateway } from './server-process.ts';
import { printTable } from './table.ts';

const ROUNDS = 5;

/**
 * The measured cases: the number of GPU types for which RunPod never answers, and their place in the order in which the gateway requests
 * all GPU types. They are the first ones, or they are spread evenly.
 */
const CASES = [
  { hanging: 0, where: 'none' },
  { hanging: 2, where: 'spread' },
  { hanging: 2, where: 'first' },
  { hanging: 5, where: 'spread' },
  { hanging: 5, where: 'first' },
] as const;

type Case = (typeof CASES)[number];

/** The maximum time until all other GPU types are answered while two GPU types hang, as a multiple of the time while none hangs. */
const AT_MOST = 1.3;

interface Measured {
  /** The time from the first request to the last answer about a GPU type that does not hang. */
  readonly tookMs: number;
  readonly mostInFlight: number;
}

/**
 * Measures how long a newly started gateway needs to get the answers about all GPU types that do not hang. Every round measures each case
 * once.
 */
export async function benchHanging(): Promise<void> {
  const recording = readNewestRecording();
  const byCase = CASES.map((): Measured[] => []);
  const progress = createProgress();
  for (let round = 0; round < ROUNDS; round += 1) {
    progress.show(`round ${round + 1} of ${ROUNDS}`);
    for (const [index, aCase] of CASES.entries()) byCase[index]?.push(await measure(recording, aCase));
  }
  progress.end();
  const ratios = byCase.map((rounds) =>
    rounds.map(({ tookMs }, round) => tookMs / (byCase[0]?.[round]?.tookMs ?? Number.NaN)),
  );
  printTable(
    CASES.map(({ hanging, where }, index) => ({
      'GPU types that hang': hanging,
      'in the queue': where,
      'others known after ms': Math.round(median((byCase[index] ?? []).map(({ tookMs }) => tookMs))),
      'relative to none': median(ratios[index] ?? []).toFixed(2),
      worst: Math.max(...(ratios[index] ?? [])).toFixed(2),
      'most in flight': Math.max(...(byCase[index] ?? []).map(({ mostInFlight }) => mostInFlight)),
    })),
  );
  if (CASES.every(({ hanging }, index) => hanging > 2 || median(ratios[index] ?? []) <= AT_MOST)) return;
  console.error(`If two GPU types hang, the others took more than ${AT_MOST} times as long as if none hangs.`);
  process.exitCode = 1;
}

/**
 * Measures one case. The upstream takes between 150 and 400 ms to answer about a GPU type. The time depends only on the position of the GPU
 * type in the order in which the gateway first requests the GPU types, so it is the same in all cases.
 */
async function measure(recording: Recording, aCase: Case): Promise<Measured> {
  const types = recording.gpuTypes.filter(({ id }) => id !== 'unknown').length;
  const silent = silentOf(aCase, types);
  const recorded = createRecordedServer(recording);
  const nths = new Map<string, number>();
  let known = 0;
  let inFlight = 0;
  let mostInFlight = 0;
  let askedAt: number | undefined;
  let isWhole: (at: number) => void = () => {};
  const whole = new Promise<number>((resolve) => {
    isWhole = resolve;
  });
  const upstream = await startServer(
    async (request, response) => {
      const arrivedAt = performance.now();
      askedAt ??= arrivedAt;
      inFlight += 1;
      mostInFlight = Math.max(mostInFlight, inFlight);
      response.once('close', () => {
        inFlight -= 1;
      });
      const body = await text(request);
      const id: string | undefined = JSON.parse(body).variables?.gpuTypeId;
      const nth = id === undefined ? 0 : (nths.get(id) ?? nths.size + 1);
      if (id !== undefined) nths.set(id, nth);
      if (silent.has(nth)) return;
      const headers = { 'content-type': 'application/json' };
      const answer = await recorded.fetch('http://recording.invalid/graphql', { method: 'POST', headers, body });
      const good = await answer.text();
      await wait(150 + ((nth * 97) % 251) - (performance.now() - arrivedAt));
      JSON.parse(good);
      response.writeHead(200, { 'content-type': 'application/json' }).end(good);
      if (id !== undefined) known += 1;
      if (known === types - silent.size) isWhole(performance.now());
    },
    { host: '127.0.0.1', port: 0, log: createLog({ level: 'silent', secrets: [] }) },
  );
  const gateway = await startGateway({ UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: `${upstream.url}/graphql` });
  const client = send(gateway.url, toPost(QUERIES['79 rows'])).catch(() => {});
  const wholeAt = await whole;
  await Promise.all([upstream.close(0), gateway.stop(), client]);
  return { tookMs: wholeAt - (askedAt ?? Number.NaN), mostInFlight };
}

/**
 * Returns the numbers of the GPU types that hang. The GPU types are numbered from 1, in the order in which the gateway first requests them.
 */
function silentOf({ hanging, where }: Case, types: number): ReadonlySet<number> {
  const apart = where === 'first' ? 1 : Math.floor(types / (hanging + 1));
  return new Set(Array.from({ length: hanging }, (_, index) => (index + 1) * apart));
}
