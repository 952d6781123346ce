import { createProgress } from '../src/cli/progress.ts';
import { load, type Round } from './load.ts';
import { median } from './quantile.ts';
import { toPost } from './request.ts';
import { type ServerProcess, startGateway } from './server-process.ts';
import { printTable } from './table.ts';

const ROUNDS = 5;
const ROUND_MS = 1000;
const WARM_UP_MS = 2000;

/**
 * The number of connections. With more connections, the gateway would refuse some of the first requests, because the first requests take
 * longer.
 */
const CONNECTIONS = 10;

const ROW = `id gpuType { id displayName memoryGb } dataCenter { id region countryCode } gpuCount stock onDemandPrice { perGpu perPod }
  observedAt stale`;
const DETAILS = `excluded { gpuType { id } dataCenter { id } gpuCount reason message } relaxations { need options cheapest { perPod } }
  coverage { complete failed } freshness { observedAt stale }`;

/**
 * Two groups of operations. All operations in a group return the same rows: all pods in stock, or the ten cheapest pods with at least 24 GB
 * per GPU.
 */
const GROUPS = [
  [
    [
      'gpuAvailability, 79 rows',
      `gpuAvailability(filter: { maxPricePerGpuHour: $most }) { totalCount nodes { ${ROW} } }`,
    ],
    [
      'placement, 79 options',
      `placement(needs: { maxPricePerHour: $most }, first: 79) { totalCount options { availability { ${ROW} } } }`,
    ],
  ],
  [
    [
      'gpuAvailability, 10 rows',
      `gpuAvailability(filter: { minMemoryGb: 24, maxPricePerGpuHour: $most }, orderBy: { field: PRICE }, first: 10) {
        totalCount nodes { ${ROW} } }`,
    ],
    [
      'placement, 10 options',
      `placement(needs: { minMemoryGb: 24, maxPricePerHour: $most }) { totalCount options { availability { ${ROW} } } }`,
    ],
    [
      'the same with requests that create them',
      `placement(needs: { minMemoryGb: 24, maxPricePerHour: $most }) {
        totalCount options { availability { ${ROW} } totalMemoryGb createRequest { method url body } } }`,
    ],
    [
      'the same with exclusions and relaxations',
      `placement(needs: { minMemoryGb: 24, maxPricePerHour: $most }) {
        totalCount options { availability { ${ROW} } totalMemoryGb createRequest { method url body } } ${DETAILS} }`,
    ],
  ],
] as const;

/** An operation that is being measured. */
interface Measured {
  readonly name: string;
  readonly field: string;
  readonly server: ServerProcess;
  readonly rounds: Round[];
}

/**
 * Compares the query fields `placement` and `gpuAvailability` when both return the same rows. All requests are different, so the gateway
 * has to execute each of them.
 */
export async function benchPlacement(): Promise<void> {
  const progress = createProgress();
  for (const [index, group] of GROUPS.entries()) {
    progress.show(`group ${index + 1} of ${GROUPS.length}`);
    const all: Measured[] = [];
    for (const [name, field] of group) all.push({ name, field, server: await startGateway(), rounds: [] });
    for (const one of all) await measure(one, WARM_UP_MS);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const one of all) one.rounds.push(await measure(one, ROUND_MS));
    }
    progress.end();
    printTable(toRows(all));
    await Promise.all(all.map(({ server }) => server.stop()));
  }
}

async function measure({ server, field }: Measured, durationMs: number): Promise<Round> {
  const toRequest = (number: number) => toPost(`query ($most: Float) { ${field} }`, number);
  const sent = { server, toRequest, isSame: false, durationMs, connections: CONNECTIONS };
  const round = await load({ ...sent, status: 200, length: undefined });
  server.dropLog();
  return round;
}

function toRows(all: readonly Measured[]) {
  const base = all[0]?.rounds ?? [];
  return all.map(({ name, rounds }) => {
    const ratios = rounds.map(({ cpuMs }, round) => cpuMs / (base[round]?.cpuMs ?? Number.NaN));
    return {
      operation: name,
      bytes: median(rounds.map(({ length }) => length)),
      'requests/s': Math.round(median(rounds.map(({ rate }) => rate))),
      'CPU ms each': median(rounds.map(({ cpuMs }) => cpuMs)).toFixed(3),
      'of gpuAvailability': median(ratios).toFixed(2),
    };
  });
}
