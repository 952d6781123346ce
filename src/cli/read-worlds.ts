import type { Config } from '../config.ts';
import type { Demand } from '../domain/catalog.ts';
import { GATEWAY } from '../domain/client.ts';
import { SYSTEM_CLOCK } from '../domain/clock.ts';
import { UpstreamError } from '../domain/errors.ts';
import { createFleetOfOne } from '../fleet/fleet.ts';
import { createLog } from '../observability/log.ts';
import { createSource, type Source } from '../source.ts';
import { readNewestRecording } from '../upstream/recorded/recording.ts';
import type { World } from './comparison.ts';
import { createProgress } from './progress.ts';

const DEMAND: Demand = { signal: new AbortController().signal, awaited: true, clients: [GATEWAY] };

/** Called after each request. `done` of `total` requests have been answered or have failed. */
type OnProgress = (done: number, total: number) => void;

/**
 * Reads everything that two APIs report for pods with `gpuCount` GPUs, and shows the progress.
 * @throws {UpstreamError} if the lists of an API cannot be read.
 */
export async function readWorlds(
  [a, b]: readonly [Config, Config],
  gpuCount: number,
): Promise<readonly [World, World]> {
  const progress = createProgress();
  progress.show('reading the lists of GPU types and data centers');
  const read = (config: Config) =>
    readWorld(config, gpuCount, (done, total) =>
      progress.show(`${config.upstream.source}: ${done} of ${total} requests`),
    );
  try {
    return await Promise.all([read(a), read(b)]);
  } finally {
    progress.end();
  }
}

async function readWorld(config: Config, gpuCount: number, onProgress: OnProgress): Promise<World> {
  const { catalog } = createSource({
    config,
    log: createLog({ level: 'silent', secrets: config.secrets }),
    fleet: createFleetOfOne(),
    clock: SYSTEM_CLOCK,
    readRecording: readNewestRecording,
    onAttempt: () => {},
    onPricedWithoutStock: () => {},
  });
  const [types, centers] = await Promise.all([catalog.gpuTypes(DEMAND), catalog.dataCenters(DEMAND)]);
  const lists = { gpuTypes: types.rows, dataCenters: centers.rows };
  return { ...lists, observations: await observeAll(catalog, { ...lists, gpuCount }, onProgress) };
}

/** Observes every GPU type. A GPU type that cannot be observed is left out, and its cells count as unknown. */
async function observeAll(
  catalog: Source['catalog'],
  { gpuCount, ...lists }: Pick<World, 'gpuTypes' | 'dataCenters'> & { readonly gpuCount: number },
  onProgress: OnProgress,
): Promise<World['observations']> {
  const batches = new Map(lists.gpuTypes.map((gpuType) => [catalog.batchOf({ gpuType, gpuCount }), gpuType]));
  let done = 0;
  const observed = await Promise.all(
    [...batches.values()].map(async (gpuType) => {
      try {
        return await catalog.observe({ gpuType, gpuCount, ...lists }, DEMAND);
      } catch (error) {
        if (error instanceof UpstreamError) return [];
        throw error;
      } finally {
        done += 1;
        onProgress(done, batches.size);
      }
    }),
  );
  return observed.flat();
}
