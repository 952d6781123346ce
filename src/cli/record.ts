/**
 * Records RunPod's current answers in a new folder, which the command line may name. The default is a folder in fixtures/runpod that is
 * named after the day. `npm start` serves the newest recording in fixtures/runpod.
 */
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { loadConfig } from '../config.ts';
import { SYSTEM_CLOCK } from '../domain/clock.ts';
import { UpstreamNotAttemptedError } from '../domain/errors.ts';
import { record, writeRecording } from '../upstream/recorded/record.ts';
import { RECORDINGS } from '../upstream/recorded/recording.ts';
import { createKeepAliveFetch } from '../upstream/request/http.ts';
import { IN_ANY_SLOT } from '../upstream/request/in-slot.ts';
import { createRequestQueue } from '../upstream/request/request-queue.ts';
import { SHARE_NOTHING } from '../upstream/request/slow-down.ts';
import { GPU_TYPES } from '../upstream/runpod-graphql/catalog.ts';
import { createRunPodClient } from '../upstream/runpod-graphql/client.ts';

try {
  await main(process.argv[2]);
} catch (error) {
  process.stderr.write(`Nothing was recorded. ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function main(path: string | undefined): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile();
  const { upstream } = loadConfig(process.env);
  const day = new Date().toISOString().slice(0, 10);
  const folder = path === undefined ? new URL(`${day}/`, RECORDINGS) : new URL(`${pathToFileURL(path).href}/`);
  if (existsSync(folder)) throw new Error(`${folder.pathname} exists; name another folder.`);
  const fetch = createKeepAliveFetch(upstream.concurrency);
  const requestQueue = createRequestQueue({
    concurrency: upstream.concurrency,
    inSlot: IN_ANY_SLOT,
    limit: upstream.queueLimit,
    whenFull: (operation) => new UpstreamNotAttemptedError(operation, 'more GPU types than UPSTREAM_QUEUE_LIMIT'),
  });
  const { send } = createRunPodClient({
    ...upstream,
    fetch,
    lane: requestQueue.createLane(),
    clock: SYSTEM_CLOCK,
    shareRefusals: SHARE_NOTHING,
    endsWhenGone: false,
    probe: GPU_TYPES,
    onAttempt: () => {},
  });
  const recording = await record({
    send,
    onProgress: (done, total) => process.stdout.write(`${done} of ${total} GPU types\n`),
  });
  writeRecording(folder, recording);
  process.stdout.write(`Recorded ${recording.lowestPrices.length} cells with stock into ${folder.pathname}\n`);
}
