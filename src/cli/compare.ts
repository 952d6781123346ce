/**
 * Sends the same requests to RunPod's GraphQL API and its REST API, and prints the differences. Exits with code 1 if it is too early to
 * switch from one API to the other. This is the case if an API cannot be read, if no cell can be compared, or if more cells disagree than
 * `--threshold` allows. A cell disagrees if it is in stock in one API only, or if one API does not report it.
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ConfigError, loadConfig } from '../config.ts';
import type { Demand } from '../domain/catalog.ts';
import { GATEWAY } from '../domain/client.ts';
import { SYSTEM_CLOCK } from '../domain/clock.ts';
import { UpstreamError } from '../domain/errors.ts';
import { createFleetOfOne } from '../fleet/fleet.ts';
import { createLog } from '../observability/log.ts';
import { createSource, type Source } from '../source.ts';
import { readNewestRecording } from '../upstream/recorded/recording.ts';
import { type CellDifference, type Comparison, compareWorlds, type World } from './comparison.ts';

const USAGE = `npm run compare -- [--count 1] [--threshold 1] [--json]

  --count      GPUs on one pod, 1 to 16
  --threshold  the maximum percentage of cells that may be in stock in one API only, or unknown to one API (default 1); prices do not count
  --json       prints JSON only
  --help       prints this

Requires RUNPOD_API_KEY, because the REST API does not answer without a key.
`;

const DEMAND: Demand = { signal: new AbortController().signal, awaited: true, clients: [GATEWAY] };

try {
  await main();
} catch (error) {
  const isExpected = error instanceof UpstreamError || error instanceof ConfigError || error instanceof TypeError;
  process.stderr.write(`${isExpected ? error.message : String((error as Error).stack)}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '1' },
      threshold: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const gpuCount = toNumber('--count', values.count, 1, 16);
  const threshold = toNumber('--threshold', values.threshold, 0, 100);
  if (existsSync('.env')) process.loadEnvFile();
  const [graphql, rest] = await Promise.all([readWorld('graphql', gpuCount), readWorld('rest', gpuCount)]);
  const comparison = compareWorlds(graphql, rest);
  const { cells, inStockOnly, unknown, oneSided } = comparison;
  const contradictions = inStockOnly.a + inStockOnly.b;
  const percent = (100 * (contradictions + unknown + oneSided)) / Math.max(cells + unknown + oneSided, 1);
  process.stdout.write(values.json ? `${JSON.stringify(comparison, null, 2)}\n` : print(comparison, percent));
  if (percent > threshold || cells === 0) process.exitCode = 1;
}

function toNumber(name: string, text: string, min: number, max: number): number {
  const number = Number(text);
  if (text.trim() !== '' && number >= min && number <= max) return number;
  throw new TypeError(`${name} is ${JSON.stringify(text)}; it must be a number from ${min} to ${max}.`);
}

async function readWorld(upstream: 'graphql' | 'rest', gpuCount: number): Promise<World> {
  const config = loadConfig({ ...process.env, UPSTREAM: upstream });
  const log = createLog({ level: 'silent', secrets: config.secrets });
  const { catalog } = createSource({
    config,
    log,
    fleet: createFleetOfOne(),
    clock: SYSTEM_CLOCK,
    readRecording: readNewestRecording,
    onAttempt: () => {},
    onPricedWithoutStock: () => {},
  });
  const [types, centers] = await Promise.all([catalog.gpuTypes(DEMAND), catalog.dataCenters(DEMAND)]);
  const lists = { gpuTypes: types.rows, dataCenters: centers.rows };
  return { ...lists, observations: await observeAll(catalog, lists, gpuCount) };
}

/** Observes every GPU type. A GPU type that cannot be observed is left out, and its cells count as unknown. */
async function observeAll(
  catalog: Source['catalog'],
  lists: Pick<World, 'gpuTypes' | 'dataCenters'>,
  gpuCount: number,
): Promise<World['observations']> {
  const batches = new Map(lists.gpuTypes.map((gpuType) => [catalog.batchOf({ gpuType, gpuCount }), gpuType]));
  const observed = await Promise.all(
    [...batches.values()].map((gpuType) =>
      catalog.observe({ gpuType, gpuCount, ...lists }, DEMAND).catch((error: unknown) => {
        if (error instanceof UpstreamError) return [];
        throw error;
      }),
    ),
  );
  return observed.flat();
}

function print(comparison: Comparison, percent: number): string {
  const { cells, inStockOnly, unknown, oneSided, stock, price, gpuTypesOnly, dataCentersOnly } = comparison;
  return [
    `${cells} cells were observed in both APIs. Of these, ${inStockOnly.a} are in stock only in the GraphQL API, and ${inStockOnly.b} only in the REST API.`,
    `${unknown} cells could not be observed in one API, and ${oneSided} belong to a GPU type or data center that only one API lists. In all, ${percent.toFixed(2)} % disagree.`,
    ...list('GPU types only the GraphQL API has', gpuTypesOnly.a),
    ...list('GPU types only the REST API has', gpuTypesOnly.b),
    ...list('Data centers only the GraphQL API has', dataCentersOnly.a),
    ...list('Data centers only the REST API has', dataCentersOnly.b),
    ...table('Stock', stock),
    ...table('Price per pod', price),
    '',
  ].join('\n');
}

function list(title: string, ids: readonly string[]): string[] {
  return ids.length === 0 ? [] : ['', `${title}: ${ids.join(', ')}`];
}

function table(title: string, differences: readonly CellDifference<string | number>[]): string[] {
  if (differences.length === 0) return ['', `${title}: no difference`];
  const rows = differences.map(({ gpuTypeId, dataCenterId, a, b }) => [gpuTypeId, dataCenterId, a ?? '?', b ?? '?']);
  const lines = [['GPU type', 'data center', 'GraphQL', 'REST'], ...rows].map((row) => row.map(String));
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const format = (line: readonly string[]) => line.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  ');
  return ['', `${title}: ${differences.length} differences`, ...lines.map((line) => `  ${format(line).trimEnd()}`)];
}
