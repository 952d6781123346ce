import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerWith, type Fault } from './fake-runpod.ts';
import { readRecording20251114 } from './recording-2025-11-14.ts';

/** The key that the fake knows. */
export const KEY = 'rpa_fake';

/** One request that the fake got. */
export interface SeenGet {
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
}

interface RecordedGpuType {
  readonly id: string;
  readonly displayName: string;
  readonly manufacturer: string | null;
  readonly memoryInGb: number;
  readonly maxGpuCount: number;
  readonly secureCloud: boolean;
  readonly communityCloud: boolean;
  readonly securePrice: number | null;
  readonly communityPrice: number | null;
}

const REGION_BY_PREFIX: Record<string, string> = {
  US: 'NORTH_AMERICA',
  CA: 'NORTH_AMERICA',
  EU: 'EUROPE',
  EUR: 'EUROPE',
  AP: 'ASIA',
  SEA: 'ASIA',
  OC: 'OCEANIA',
};

/** The world of the recording, as RunPod's REST API v2 would tell it: list prices, no spot prices, no pod sizes, no places. */
function createWorld() {
  const { gpuTypes, dataCenters, lowestPrices } = readRecording20251114();
  const wordOf = (word: unknown) => (typeof word === 'string' ? word.toUpperCase() : 'NONE');

  function dataCentersOf(gpuTypeId: string, count: number) {
    const rows = lowestPrices.filter((row) => row.gpuTypeId === gpuTypeId);
    const offered = count === 1 ? rows : rows.filter((row) => row.lowestPrice.availableGpuCounts?.includes(count));
    return offered.map((row) => ({
      id: row.dataCenterId,
      name: `Place of ${row.dataCenterId}`,
      // How many there are for pods of other sizes was not recorded.
      availability: count === 1 ? wordOf(row.lowestPrice['stockStatus']) : 'AVAILABLE',
    }));
  }

  /** RunPod leaves the list out where no data center has any. */
  const availabilityOf = (places: ReturnType<typeof dataCentersOf>) =>
    places.length === 0 ? { availability: 'NONE' } : { availability: 'LOW', dataCenters: places };

  return {
    gpus: (count: number | null) => ({
      gpus: (gpuTypes as unknown as RecordedGpuType[]).map((row) => ({
        id: row.id,
        name: row.displayName,
        pool: null,
        manufacturer: row.manufacturer?.toUpperCase() ?? null,
        memory: row.memoryInGb,
        secure: row.secureCloud,
        community: row.communityCloud,
        price: { secure: row.securePrice, community: row.communityPrice },
        maxCount: { secure: row.maxGpuCount, community: row.maxGpuCount },
        ...(count !== null && availabilityOf(dataCentersOf(row.id, count))),
      })),
    }),
    dataCenters: () => ({
      dataCenters: dataCenters.map((row) => ({
        id: row.id,
        name: `Place of ${row.id}`,
        region: REGION_BY_PREFIX[String(row.id).split('-')[0] ?? ''] ?? 'UNKNOWN',
        globalNetwork: row['globalNetwork'],
        // What was not recorded is left out.
        networkVolumeTypes: { true: ['STANDARD'], false: [] }[String(row['storageSupport'])],
        compliance: row['compliance'],
      })),
    }),
  };
}

const problem = (status: number, title: string) =>
  answerWith(status, JSON.stringify({ title, status, detail: title }), { 'content-type': 'application/problem+json' });

/** RunPod's REST API v2 on a free port, in the world of the recording, with a count of what is asked. It fails on command. */
export async function startFakeRest() {
  const world = createWorld();
  const seen: SeenGet[] = [];
  let faults: (request: SeenGet) => Fault | undefined = () => undefined;
  let headers: Record<string, string> = {};
  let inFlight = 0;
  let mostInFlight = 0;

  function bodyOf({ path, parameters }: SeenGet): object | null {
    if (path === '/v2/catalog/datacenters') return world.dataCenters();
    if (path !== '/v2/catalog/gpus') return null;
    return world.gpus(parameters['include'] === 'AVAILABILITY' ? Number(parameters['count'] ?? 1) : null);
  }

  const server = createServer((incoming, response) => {
    inFlight += 1;
    mostInFlight = Math.max(mostInFlight, inFlight);
    response.once('close', () => {
      inFlight -= 1;
    });
    const { pathname, searchParams } = new URL(incoming.url ?? '', 'http://fake.invalid');
    const request = { path: pathname, parameters: Object.fromEntries(searchParams), headers: incoming.headers };
    seen.push(request);
    const fault = faults(request);
    const body = bodyOf(request);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (fault !== undefined) fault(response, JSON.stringify(body));
    else if (incoming.headers.authorization !== `Bearer ${KEY}`) problem(401, 'Unauthorized')(response, '');
    else if (incoming.method !== 'GET' || body === null) problem(404, 'Not Found')(response, '');
    else answerWith(200, JSON.stringify(body))(response, '');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2`,
    seen,
    mostInFlight: () => mostInFlight,
    count: (path: string) => seen.filter((request) => request.path.endsWith(path)).length,
    /** Fails requests otherwise from now on; without an argument, none. */
    fail(next: (request: SeenGet) => Fault | undefined = () => undefined) {
      faults = next;
    },
    /** Sends these headers from now on. */
    send(next: Record<string, string>) {
      headers = next;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
