import { createProgress } from '../src/cli/progress.ts';
import { readNewestRecording } from '../src/upstream/recorded/recording.ts';
import { median } from './quantile.ts';
import { QUERIES } from './queries.ts';
import { send, toPost } from './request.ts';
import { startGateway } from './server-process.ts';
import { printTable } from './table.ts';
import { limitOf, startUpstream } from './upstream.ts';

const LATENCY_MS = 140;
const ROUNDS = 10;

/**
 * The maximum time that a newly started gateway may take for its first answer, as a multiple of the shortest possible time. `limitOf`
 * returns the shortest possible time.
 */
const AT_MOST = 1.1;

/**
 * Measures how long a newly started gateway takes to give its first answer. The first round is not counted, because the stand-in for RunPod
 * computes its answers in that round, and only repeats them later.
 */
export async function benchColdSweep(): Promise<void> {
  const recording = readNewestRecording();
  const upstream = await startUpstream(recording, LATENCY_MS);
  const limitMs = limitOf(recording, LATENCY_MS);
  const tookMs: number[] = [];
  const progress = createProgress();
  for (let round = 0; round <= ROUNDS; round += 1) {
    progress.show(`cold sweep: round ${round} of ${ROUNDS}`);
    upstream.forget();
    const gateway = await startGateway(upstream.settings);
    await send(gateway.url, toPost(QUERIES['79 rows']));
    // The time is counted from the gateway's first request to the upstream. The gateway may send that request before the client's request
    // arrives, so the time since the client's request would be too short.
    if (round > 0) tookMs.push(performance.now() - upstream.firstAskedAt());
    await gateway.stop();
  }
  progress.end();
  await upstream.close();
  const ratio = median(tookMs) / limitMs;
  printTable([
    {
      'upstream latency ms': LATENCY_MS,
      'limit ms': limitMs,
      'cold sweep ms': Math.round(median(tookMs)),
      'of limit': ratio.toFixed(3),
      worst: (Math.max(...tookMs) / limitMs).toFixed(3),
    },
  ]);
  if (ratio <= AT_MOST) return;
  console.error(`The cold sweep took more than ${AT_MOST} of its limit.`);
  process.exitCode = 1;
}
