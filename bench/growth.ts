import { createProgress } from '../src/cli/progress.ts';
import { readNewestRecording } from '../src/upstream/recorded/recording.ts';
import { enlarge } from './larger-recording.ts';
import { median } from './quantile.ts';
import { matrixQuery, QUERIES } from './queries.ts';
import { send, toPost } from './request.ts';
import { type ServerProcess, startGateway } from './server-process.ts';
import { printTable } from './table.ts';
import { limitOf, startUpstream, type Upstream } from './upstream.ts';

/**
 * The measured numbers of GPU types and data centers. The first size is that of the recording. The other sizes have about ten and fifty
 * times as many pairs of a GPU type and a data center.
 */
const SIZES = [
  { types: 41, centers: 39 },
  { types: 130, centers: 123 },
  { types: 400, centers: 200 },
] as const;

const LATENCY_MS = 50;

/**
 * The number of measured starts of the gateway. One start before them is not measured, because the stand-in for RunPod computes its answers
 * during that start.
 */
const SWEEPS = 3;

/** The settings of the gateway. One operation may cause requests for every GPU type. All data stays fresh during the whole measurement. */
const SETTINGS = { MAX_UPSTREAM_PER_OPERATION: '1000', FRESH_SECONDS: '3600' };

/**
 * A query for which the gateway has to ask RunPod about every GPU type. The result is only a number, so executing the query itself takes
 * hardly any time.
 */
const SWEEP = '{ gpuAvailability(region: OCEANIA) { totalCount } }';

const QUESTIONS = {
  'the default query': QUERIES['79 rows'],
  'one type, one region': QUERIES['5 rows'],
  'matrix of one region': matrixQuery('EUROPE'),
  'the whole matrix': matrixQuery(),
} as const;

/** The maximum number of requests in one measurement of a query. */
const TIMES = 200;

/** The maximum duration of one measurement of a query, in milliseconds. */
const AT_MOST_MS = 3000;

/** A measured size: the numbers of GPU types and data centers. */
type Size = (typeof SIZES)[number];

/** Measures how the time and the memory that the gateway needs grow with the numbers of GPU types and data centers. */
export async function benchGrowth(): Promise<void> {
  const sizes = [];
  const questions = [];
  const progress = createProgress();
  for (const size of SIZES) {
    progress.show(`${size.types} GPU types in ${size.centers} data centers`);
    const measured = await measureSize(size);
    sizes.push(measured.size);
    questions.push(...measured.questions);
  }
  progress.end();
  console.log(`Upstream latency ${LATENCY_MS} ms\n`);
  printTable(sizes);
  printTable(questions);
}

async function measureSize({ types, centers }: Size) {
  const size = { 'GPU types x data centers': `${types} x ${centers}` };
  const recording = enlarge(readNewestRecording(), types, centers);
  const limitMs = limitOf(recording, LATENCY_MS);
  const upstream = await startUpstream(recording, LATENCY_MS);
  let last = await sweepOnce(upstream);
  const sweeps: Sweep[] = [];
  while (sweeps.length < SWEEPS) {
    await last.gateway.stop();
    last = await sweepOnce(upstream);
    sweeps.push(last);
  }
  const { gateway } = last;
  const known = { now: gateway.memoryMb().now, heap: await heapMb(gateway) };
  const questions = [];
  for (const [question, query] of Object.entries(QUESTIONS)) {
    questions.push({ ...size, query: question, ...(await measureQuestion(gateway, query)) });
  }
  const sweepMs = median(sweeps.map(({ tookMs }) => tookMs));
  const { peak } = gateway.memoryMb();
  await gateway.stop();
  await upstream.close();
  return {
    size: {
      ...size,
      'limit ms': limitMs,
      'cold sweep ms': Math.round(sweepMs),
      'of limit': (sweepMs / limitMs).toFixed(3),
      'CPU ms': median(sweeps.map(({ cpuMs }) => cpuMs)),
      'MB after the sweep': known.now,
      'heap MB after the sweep': known.heap,
      'peak MB after the queries': peak,
    },
    questions,
  };
}

/** A newly started gateway, and the time and CPU time that its first answer took. */
interface Sweep {
  readonly gateway: ServerProcess;
  readonly tookMs: number;
  readonly cpuMs: number;
}

async function sweepOnce(upstream: Upstream): Promise<Sweep> {
  upstream.forget();
  const gateway = await startGateway({ ...upstream.settings, ...SETTINGS });
  const cpuBefore = gateway.cpuMs();
  await send(gateway.url, toPost(SWEEP));
  return { gateway, tookMs: performance.now() - upstream.firstAskedAt(), cpuMs: gateway.cpuMs() - cpuBefore };
}

/** Returns the size of the used heap, in MB, from the gateway's metrics. */
async function heapMb({ url }: ServerProcess): Promise<number> {
  const { body } = await send(url, { method: 'GET', path: '/metrics', headers: {} });
  const [, bytes] = /^nodejs_heap_size_used_bytes (\d+)$/m.exec(body.toString()) ?? [];
  return Math.round(Number(bytes) / 1024 / 1024);
}

/**
 * Measures a query with one request at a time: the first request, then requests with different variables, then requests that are all the
 * same. One request after the first is not measured, because the gateway prepares the operation for repetition during that request.
 */
async function measureQuestion(gateway: ServerProcess, query: string) {
  const before = performance.now();
  const { body } = await send(gateway.url, toPost(query));
  const firstMs = performance.now() - before;
  await send(gateway.url, toPost(query));
  const { data, errors } = JSON.parse(body.toString());
  const refusal = errors?.[0].extensions.code;
  const anew = await askOften(gateway, query, (time) => time + 1);
  const again = await askOften(gateway, query, () => 0);
  gateway.dropLog();
  return {
    rows: refusal ?? data.gpuAvailability.nodes.length,
    KB: Math.round(body.length / 1024),
    'first ms': firstMs.toFixed(2),
    'executing ms': anew.tookMs.toFixed(2),
    'CPU ms': anew.cpuMs.toFixed(2),
    'again ms': again.tookMs.toFixed(2),
    'CPU ms again': again.cpuMs.toFixed(2),
  };
}

async function askOften(gateway: ServerProcess, query: string, numberOf: (time: number) => number) {
  const tookMs: number[] = [];
  const cpuBefore = gateway.cpuMs();
  const until = performance.now() + AT_MOST_MS;
  for (let time = 0; time < TIMES && performance.now() < until; time += 1) {
    const before = performance.now();
    await send(gateway.url, toPost(query, numberOf(time)));
    tookMs.push(performance.now() - before);
  }
  return { tookMs: median(tookMs), cpuMs: (gateway.cpuMs() - cpuBefore) / tookMs.length };
}
