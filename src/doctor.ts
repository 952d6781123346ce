/**
 * Asks the configured source, or both where they are chosen among, for a little of everything that the gateway relies on, and says
 * what is wrong and what to do. Exits 1 when something is.
 */
import { existsSync } from 'node:fs';
import { type Config, ConfigError, loadConfig } from './config.ts';
import type { Demand } from './domain/catalog.ts';
import type { DataCenter } from './domain/data-center.ts';
import { type FailureCode, UpstreamError } from './domain/errors.ts';
import type { GpuType } from './domain/gpu-type.ts';
import { createFleetOfOne } from './fleet/fleet.ts';
import { createLog } from './log.ts';
import { createSource, type Source } from './source.ts';
import { readNewestRecording } from './upstream/recorded/recording.ts';

/** What to do about each way in which a source fails. */
const REMEDIES: Readonly<Record<FailureCode, string>> = {
  TIMEOUT: 'RunPod is slow. Try again, or raise UPSTREAM_TIMEOUT_MS.',
  RATE_LIMITED: 'RunPod asks for fewer requests. Wait, and raise FRESH_SECONDS if it comes again.',
  UNAUTHORIZED:
    'Check RUNPOD_API_KEY: it may be wrong, revoked, or without the right to read. UPSTREAM=graphql works without one.',
  BAD_RESPONSE:
    'The API has changed or is gone, or the URL is not its. Try the other one: UPSTREAM=rest or UPSTREAM=graphql.',
  UNREACHABLE: 'Check the URL, the network, the name server and the firewall; or RunPod is down.',
  NOT_ATTEMPTED: 'Try again.',
};

const DEMAND: Demand = { signal: new AbortController().signal, awaited: true };

type Verdict = 'ok' | 'warn' | 'FAIL';

let failed = false;

function say(verdict: Verdict, subject: string, text: string, remedy?: string): void {
  failed ||= verdict === 'FAIL';
  process.stdout.write(
    `${verdict.padEnd(6)}${subject.padEnd(14)}${text}\n${remedy === undefined ? '' : `${' '.repeat(20)}${remedy}\n`}`,
  );
}

try {
  await main();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  for (const problem of error.problems) say('FAIL', 'settings', problem);
}
// What waits for RunPod to take requests again is not waited for.
process.stdout.write('', () => process.exit(failed ? 1 : 0));

async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile();
  const config = loadConfig(process.env);
  const { upstream } = config;
  // Each by itself: one would take the place of the other.
  const sources = upstream.source === 'auto' ? (['rest', 'graphql'] as const) : [upstream.source];
  for (const source of sources) await examineSource({ ...config, upstream: { ...upstream, source } });
}

async function examineSource(config: Config): Promise<void> {
  const { upstream } = config;
  if (upstream.source === 'recorded') {
    say(
      'warn',
      'settings',
      'the embedded recording, which is not live',
      'Set UPSTREAM=graphql, or UPSTREAM=rest and RUNPOD_API_KEY.',
    );
  } else {
    const { origin, pathname } = upstream.source === 'rest' ? upstream.restUrl : upstream.url;
    say(
      'ok',
      'settings',
      `${upstream.source} at ${origin}${pathname}, ${upstream.apiKey === undefined ? 'no key' : 'with a key'}`,
    );
  }
  const words = new Set<string>();
  const log = createLog({ level: 'warn', secrets: config.secrets }, { write: (line: string) => note(line, words) });
  const source = createSource({
    config,
    log,
    fleet: createFleetOfOne(),
    now: Date.now,
    readRecording: readNewestRecording,
    onAttempt: () => {},
    onPricedWithoutStock: () => {},
  });
  await examine(source);
  for (const word of words)
    say('warn', 'stock words', `${JSON.stringify(word)} is not known`, 'It is shown as UNKNOWN, in stock.');
  for (const { name, left, quota } of source.apis.flatMap(({ limits }) => limits())) {
    say(left === 0 ? 'FAIL' : 'ok', 'limits', `${name}: ${left} of ${quota ?? '?'} requests left`);
  }
}

async function examine({ catalog }: Source): Promise<void> {
  const gpuTypes = await tryOut(
    'GPU types',
    async () => (await catalog.gpuTypes(DEMAND)).rows,
    (rows) => `${rows.length}`,
  );
  const dataCenters = await tryOut(
    'data centers',
    async () => (await catalog.dataCenters(DEMAND)).rows,
    (rows) => `${rows.length}`,
  );
  if (gpuTypes === null || dataCenters === null) return;
  checkFields(gpuTypes, dataCenters);
  await checkStock(catalog, gpuTypes, dataCenters);
}

/** The words that the source does not know stand in its log. */
function note(line: string, words: Set<string>): void {
  const { word } = JSON.parse(line) as { readonly word?: unknown };
  if (typeof word === 'string') words.add(word);
}

/** What was read, or `null` when it could not be. */
async function tryOut<T>(subject: string, read: () => Promise<T>, describe: (read: T) => string): Promise<T | null> {
  const startedAt = performance.now();
  try {
    const value = await read();
    const seconds = (performance.now() - startedAt) / 1000;
    say('ok', subject, `${describe(value)}, in ${seconds.toFixed(2)} s`);
    return value;
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    say('FAIL', subject, `${error.message} (${error.code})`, REMEDIES[error.code]);
    return null;
  }
}

/** A field that no row has is one that RunPod does not tell any more, or tells by another name. */
function checkFields(gpuTypes: readonly GpuType[], dataCenters: readonly DataCenter[]): void {
  const missing: string[] = [
    ...(['memoryGb', 'maxGpuCount', 'secureCloud', 'securePrice'] as const).filter((field) =>
      gpuTypes.every((row) => row[field] === null),
    ),
    ...(['networkVolume', 'globalNetwork'] as const).filter((field) => dataCenters.every((row) => row[field] === null)),
  ];
  if (dataCenters.every(({ region }) => region === 'UNKNOWN')) missing.push('region');
  if (missing.length === 0) say('ok', 'fields', 'all are told');
  else say('warn', 'fields', `nothing tells ${missing.join(', ')}`, 'They are null. RunPod may have renamed them.');
}

async function checkStock(
  catalog: Source['catalog'],
  gpuTypes: readonly GpuType[],
  dataCenters: readonly DataCenter[],
): Promise<void> {
  const gpuType = gpuTypes.find(({ secureCloud }) => secureCloud === true) ?? gpuTypes[0];
  if (gpuType === undefined) return;
  const request = { gpuType, gpuTypes, dataCenters, gpuCount: 1 };
  const read = await tryOut(
    'stock',
    () => catalog.observe(request, DEMAND),
    (observations) => `${observations.flatMap(({ cells }) => cells).length} cells`,
  );
  const unknown = (read ?? []).flatMap(({ cells }) => cells).filter(({ failure }) => failure !== null);
  if (unknown.length > 0) say('warn', 'stock', `${unknown.length} cells are not told`, unknown[0]?.failure?.message);
}
