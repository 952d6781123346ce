import { type Config, ConfigError, loadConfig } from '../config.ts';
import type { Demand, SourceCatalog } from '../domain/catalog.ts';
import { GATEWAY } from '../domain/client.ts';
import type { DataCenter } from '../domain/data-center.ts';
import { type FailureCode, UpstreamError } from '../domain/errors.ts';
import type { GpuType } from '../domain/gpu-type.ts';
import type { Lists } from '../domain/lists.ts';
import type { Observation } from '../domain/observation.ts';
import { loadEnvFile } from '../settings/env-file.ts';
import { excerpt } from '../upstream/request/excerpt.ts';
import { checkDescription } from './doctor/check-description.ts';
import { type ExaminedSource, openSource } from './doctor/examined-source.ts';
import { createReport, type Report } from './doctor/report.ts';
import { announceWait } from './progress.ts';

/** The advice for each kind of failure. */
const REMEDIES: Readonly<Record<FailureCode, string>> = {
  TIMEOUT: 'RunPod is slow. Try again, or raise UPSTREAM_TIMEOUT_MS.',
  RATE_LIMITED: 'RunPod limits requests. Wait, and raise FRESH_SECONDS if it happens again.',
  UNAUTHORIZED:
    'Check RUNPOD_API_KEY: it may be wrong, revoked, or lack the right to read. UPSTREAM=graphql works without a key.',
  BAD_RESPONSE:
    'The API has changed or was retired, or the URL does not belong to it. Try the other API: UPSTREAM=rest or UPSTREAM=graphql.',
  UNREACHABLE: 'Check the URL, the network, the name server and the firewall. RunPod may also be down.',
  NOT_ATTEMPTED: 'Try again.',
};

/** The maximum number of unknown stock levels that are reported. A source could send more of them than anyone would read. */
const MOST_WORDS = 100;

const DEMAND: Demand = { signal: new AbortController().signal, awaited: true, clients: [GATEWAY] };

/**
 * Checks the configured source, or both APIs with `UPSTREAM=auto`. Requests a sample of all data that the gateway relies on. Prints each
 * problem and what to do about it. Returns the exit code: 1 if a problem prevents correct answers.
 */
export async function diagnose(): Promise<number> {
  const write = (text: string) => void process.stdout.write(text);
  try {
    loadEnvFile();
    const config = loadConfig(process.env);
    const report = createReport(config.secrets, write);
    const { upstream, misspelled } = config;
    for (const { name, meant } of misspelled) {
      report.print('warn', 'settings', `${name} is not a setting`, `It may mean ${meant.join(' or ')}.`);
    }
    // With `auto`, one API stands in when the other one fails, which would hide the failure. So each API is checked on its own.
    const sources = upstream.source === 'auto' ? (['rest', 'graphql'] as const) : [upstream.source];
    for (const source of sources) await examineSource({ ...config, upstream: { ...upstream, source } }, report);
    return report.hasFailed() ? 1 : 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const report = createReport([], write);
    for (const problem of error.problems) report.print('FAIL', 'settings', problem);
    return 1;
  }
}

async function examineSource(config: Config, report: Report): Promise<void> {
  printSettings(config, report);
  const words = new Set<string>();
  const source = openSource(config, (word) => {
    if (words.size < MOST_WORDS) words.add(excerpt(word, 100));
  });
  await examine(source, report);
  if (config.upstream.source === 'rest') checkDescription(source.bodies, report);
  for (const word of words) {
    report.print('warn', 'stock words', `${JSON.stringify(word)} is not known`, 'It is shown as UNKNOWN, in stock.');
  }
  for (const { name, left, quota } of source.limits()) {
    report.print(left === 0 ? 'FAIL' : 'ok', 'limits', `${name}: ${left} of ${quota ?? '?'} requests left`);
  }
}

function printSettings({ upstream }: Config, { print }: Report): void {
  if (upstream.source === 'recorded') {
    const remedy = 'Set UPSTREAM=graphql, or UPSTREAM=rest and RUNPOD_API_KEY.';
    const recording = upstream.recording === undefined ? 'embedded recording' : `recording in ${upstream.recording}`;
    print('warn', 'settings', `the ${recording}, which is not live`, remedy);
    return;
  }
  const { origin, pathname } = upstream.source === 'rest' ? upstream.restUrl : upstream.url;
  const key = upstream.apiKey === undefined ? 'no key' : 'with a key';
  print('ok', 'settings', `${upstream.source} at ${origin}${pathname}, ${key}`);
}

async function examine({ catalog }: ExaminedSource, report: Report): Promise<void> {
  const gpuTypes = await tryOut(
    report,
    'GPU types',
    async () => (await catalog.gpuTypes(DEMAND)).rows,
    (rows) => `${rows.length}`,
  );
  const dataCenters = await tryOut(
    report,
    'data centers',
    async () => (await catalog.dataCenters(DEMAND)).rows,
    (rows) => `${rows.length}`,
  );
  if (gpuTypes === null || dataCenters === null) return;
  checkFields(gpuTypes, dataCenters, report);
  await checkStock(catalog, { gpuTypes, dataCenters }, report);
}

/** Calls `read` and reports the outcome. Returns the value, or `null` if it could not be read. */
async function tryOut<T>(
  { print }: Report,
  subject: string,
  read: () => Promise<T>,
  describe: (read: T) => string,
): Promise<T | null> {
  const startedAt = performance.now();
  try {
    const value = await announceWait(subject, read());
    const seconds = (performance.now() - startedAt) / 1000;
    print('ok', subject, `${describe(value)}, in ${seconds.toFixed(2)} s`);
    return value;
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    print('FAIL', subject, `${error.message} (${error.code})`, REMEDIES[error.code]);
    return null;
  }
}

/** Reports the fields that are null in every row, because RunPod has probably renamed them or stopped sending them. */
function checkFields(gpuTypes: readonly GpuType[], dataCenters: readonly DataCenter[], { print }: Report): void {
  const missing: string[] = [
    ...(['memoryGb', 'maxGpuCount', 'secureCloud', 'securePrice'] as const).filter((field) =>
      gpuTypes.every((row) => row[field] === null),
    ),
    ...(['networkVolume', 'globalNetwork'] as const).filter((field) => dataCenters.every((row) => row[field] === null)),
  ];
  if (dataCenters.every(({ region }) => region === 'UNKNOWN')) missing.push('region');
  if (missing.length === 0) print('ok', 'fields', 'all have values');
  else print('warn', 'fields', `no row has ${missing.join(', ')}`, 'They are null. RunPod may have renamed them.');
}

async function checkStock(catalog: SourceCatalog, { gpuTypes, dataCenters }: Lists, report: Report): Promise<void> {
  const gpuType = gpuTypes.find(({ secureCloud }) => secureCloud === true) ?? gpuTypes[0];
  if (gpuType === undefined) return;
  const request = { gpuType, gpuTypes, dataCenters, gpuCount: 1 };
  const read = (await tryOut(report, 'stock', () => catalog.observe(request, DEMAND), describeStock)) ?? [];
  const cells = read.flatMap((observation) => observation.cells);
  const failures = cells.flatMap(({ failure }) => (failure === null ? [] : [failure]));
  if (failures.length > 0) {
    report.print('warn', 'stock', `${failures.length} of ${cells.length} cells are unknown`, failures[0]?.message);
  }
  if (read.length > 1 && read.every(isSoldOut)) {
    const remedy = "RunPod's catalog may be broken. Run this again in a few minutes.";
    report.print('warn', 'stock', 'every GPU type is sold out, which is unlikely', remedy);
  }
}

function isSoldOut({ cells }: Observation): boolean {
  return cells.every((cell) => cell.failure === null && !cell.available);
}

/** Describes observed stock in words. Adds the number of sold-out GPU types unless exactly one type was observed. */
function describeStock(observations: readonly Observation[]): string {
  const cells = observations.flatMap((observation) => observation.cells);
  const stocked = cells.filter((cell) => cell.failure === null && cell.available).length;
  const soldOut = observations.filter(isSoldOut).length;
  const types = observations.length === 1 ? '' : `, ${soldOut} of ${observations.length} GPU types sold out`;
  return `${cells.length} cells, ${stocked} in stock${types}`;
}
