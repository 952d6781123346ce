import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { type Config, loadConfig } from '../config.ts';
import { SYSTEM_CLOCK } from '../domain/clock.ts';
import { UpstreamNotAttemptedError } from '../domain/errors.ts';
import { loadEnvFile } from '../settings/env-file.ts';
import { record, writeRecording } from '../upstream/recorded/record.ts';
import { RECORDINGS } from '../upstream/recorded/recording.ts';
import { createKeepAliveFetch } from '../upstream/request/http.ts';
import { IN_ANY_SLOT } from '../upstream/request/in-slot.ts';
import { createRequestQueue } from '../upstream/request/request-queue.ts';
import { SHARE_NOTHING } from '../upstream/request/slow-down.ts';
import { GPU_TYPES } from '../upstream/runpod-graphql/catalog.ts';
import { createRunPodClient } from '../upstream/runpod-graphql/client.ts';
import { createProgress } from './progress.ts';

/**
 * Records RunPod's current answers in the new folder `path`. The default is a folder in fixtures/runpod that is named after the day. Returns
 * the exit code.
 */
export async function recordInto(path: string | undefined): Promise<number> {
  try {
    loadEnvFile();
    const { upstream } = loadConfig(process.env);
    const folder = folderAt(path);
    checkTarget(folder);
    await recordAll(upstream, folder);
    return 0;
  } catch (error) {
    process.stderr.write(`Nothing was recorded. ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

function folderAt(path: string | undefined): URL {
  if (path !== undefined) return new URL(`${pathToFileURL(path).href}/`);
  return new URL(`${new Date().toISOString().slice(0, 10)}/`, RECORDINGS);
}

/**
 * Checks that a folder can be created. It creates the folder and removes it again, because the folder is to exist only when it contains a
 * recording.
 * @throws if the folder exists or cannot be created.
 */
function checkTarget(folder: URL): void {
  if (existsSync(folder)) throw new Error(`${folder.pathname} exists; name another folder.`);
  const highest = mkdirSync(folder, { recursive: true });
  if (highest !== undefined) rmSync(highest, { recursive: true });
}

async function recordAll(upstream: Config['upstream'], folder: URL): Promise<void> {
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
  const progress = createProgress();
  progress.show('reading the lists of GPU types and data centers');
  const recording = await record({
    send,
    onProgress: (done, total) => progress.show(`${done} of ${total} GPU types`),
  }).finally(progress.end);
  writeRecording(folder, recording);
  process.stdout.write(`Recorded ${recording.lowestPrices.length} cells with stock into ${folder.pathname}\n`);
}
