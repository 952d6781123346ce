import { type Config, ConfigError, loadConfig } from '../config.ts';
import { UpstreamError } from '../domain/errors.ts';
import { loadEnvFile } from '../settings/env-file.ts';
import { type CellDifference, type Comparison, compareWorlds } from './comparison.ts';
import { readWorlds } from './read-worlds.ts';
import { warnAboutMisspelled } from './warn-about-misspelled.ts';

/** The options of `compareApis`. */
interface CompareOptions {
  /** The number of GPUs on one pod. */
  readonly gpuCount: number;
  /** The maximum percentage of cells in which the two sources may disagree. */
  readonly threshold: number;
  /** Whether to print JSON instead of text. */
  readonly json: boolean;
}

/**
 * Sends the same requests to RunPod's GraphQL API and its REST API, and prints the differences. Returns the exit code. It is 1 if an API
 * cannot be read, if no cell can be compared, or if more cells disagree than `threshold` allows. A cell disagrees if it is in stock in one
 * API only, or if one API does not report it.
 */
export async function compareApis({ gpuCount, threshold, json }: CompareOptions): Promise<number> {
  try {
    loadEnvFile();
    // All settings are checked before either API gets a request.
    const configs = [configFor('graphql'), configFor('rest')] as const;
    warnAboutMisspelled(configs[0]);
    const [graphql, rest] = await readWorlds(configs, gpuCount);
    const comparison = compareWorlds(graphql, rest);
    const { cells, inStockOnly, unknown, oneSided } = comparison;
    const contradictions = inStockOnly.a + inStockOnly.b;
    const percent = (100 * (contradictions + unknown + oneSided)) / Math.max(cells + unknown + oneSided, 1);
    process.stdout.write(json ? `${JSON.stringify(comparison, null, 2)}\n` : print(comparison, percent));
    return percent > threshold || cells === 0 ? 1 : 0;
  } catch (error) {
    const isExpected = error instanceof UpstreamError || error instanceof ConfigError;
    process.stderr.write(`${isExpected ? error.message : String((error as Error).stack)}\n`);
    return 1;
  }
}

const configFor = (upstream: 'graphql' | 'rest'): Config => loadConfig({ ...process.env, UPSTREAM: upstream });

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
