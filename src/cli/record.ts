import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Config, loadConfig } from '../config.ts';
import { SYSTEM_CLOCK } from '../domain/clock.ts';
import { UpstreamNotAttemptedError } from '../domain/errors.ts';
import { PROJECT } from '../project-folder.ts';
import { loadEnvFile } from '../settings/env-file.ts';
import { record, writeRecording } from '../upstream/recorded/record.ts';
import { RECORDINGS } from '../upstream/recorded/recording.ts';
import { createKeepAliveFetch } from '../upstream/request/http.ts';
import { IN_ANY_SLOT } from '../upstream/request/in-slot.ts';
import { createRequestQueue } from '../upstream/request/request-queue.ts';
import { SHARE_NOTHING } from '../upstream/request/slow-down.ts';
import { GPU_TYPES } from '../upstream/runpod-graphql/catalog.ts';
import { createRunPodClient } from '../upstream/runpod-graphql/client.ts';
import { UsageError } from './command.ts';
import { createProgress } from './progress.ts';
import { warnAboutMisspelled } from './warn-about-misspelled.ts';

/**
 * Records RunPod's current answers in the new folder `path`. In a clone of the repository, the default is a folder in fixtures/runpod that
 * is named after today's date. Returns the exit code.
 * @throws {UsageError} if `path` is missing outside of a clone.
 */
export async function recordInto(path: string | undefined): Promise<number> {
  if (path === undefined && !existsSync(new URL('src/', PROJECT))) {
    throw new UsageError(
      'Name the folder for the recording, such as ./recording. There is a default only in a clone of the repository.',
    );
  }
  try {
    loadEnvFile();
    const config = loadConfig(process.env);
    warnAboutMisspelled(config);
    const folder = folderAt(path);
    checkTarget(folder);
    await recordAll(config.upstream, folder);
    if (path !== undefined) {
      process.stdout.write(
        'To serve it, start the gateway with UPSTREAM=recorded and with this folder as RECORDING.\n',
      );
    }
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
  const path = fileURLToPath(folder);
  if (existsSync(folder)) throw new Error(`${path} exists; name another folder.`);
  try {
    const highest = mkdirSync(folder, { recursive: true });
    if (highest !== undefined) rmSync(highest, { recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`${path} cannot be created (${code}); name a folder in a place where you may write.`, {
      cause: error,
    });
  }
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
  process.stdout.write(`Recorded ${recording.lowestPrices.length} cells with stock into ${fileURLToPath(folder)}\n`);
}
