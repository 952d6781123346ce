import { expect } from 'vitest';
import { KEY, startFakeRest } from './fake-rest.ts';
import { answerWith, startFakeRunPod } from './fake-runpod.ts';
import { createGateway } from './gateway.ts';

/** Starts stand-ins for both of RunPod's APIs with the same stock, and creates a gateway that uses both APIs (`UPSTREAM=auto`). */
export async function openBoth(env: Record<string, string> = {}) {
  const rest = await startFakeRest();
  const graphql = await startFakeRunPod();
  const gateway = createGateway({
    UPSTREAM: 'auto',
    RUNPOD_API_KEY: KEY,
    RUNPOD_REST_URL: rest.url,
    RUNPOD_GRAPHQL_URL: graphql.url,
    UPSTREAM_RETRIES: '0',
    ...env,
  });
  return {
    rest,
    graphql,
    gateway,
    async [Symbol.asyncDispose]() {
      await rest[Symbol.asyncDispose]();
      await graphql[Symbol.asyncDispose]();
    },
  };
}

/** The answer of an API that is down for a while. */
export const down = answerWith(503, '');
/** The answer of an API that is gone for good. */
export const gone = answerWith(410, '');

/** A row in the answer to `MATRIX`. */
export interface Row {
  readonly gpuType: { readonly id: string };
  readonly dataCenter: { readonly id: string };
  readonly available: boolean | null;
  readonly stock: string;
  readonly spotPrice: { readonly perPod: number } | null;
  readonly availableGpuCounts: readonly number[] | null;
  readonly observedAt: string;
  readonly spotObservedAt: string | null;
  readonly stale: boolean;
}

/** A query for every cell of a pod size. */
export const MATRIX = `query ($gpuCount: Int! = 1) { gpuAvailability(gpuCount: $gpuCount, filter: { includeUnavailable: true }) {
  nodes { gpuType { id } dataCenter { id } available stock spotPrice { perPod } availableGpuCounts observedAt spotObservedAt stale }
  coverage { complete expected failed failures { code } } } }`;
const UPSTREAM = '{ upstream { source health sources { source health } } }';

type Opened = Awaited<ReturnType<typeof openBoth>>;

/** Sends a query for availability, whose answer must have no errors. Resolves to the report in the answer. */
export async function ask({ gateway }: Opened, query = MATRIX, variables = {}) {
  const { data, errors } = await gateway.ask(query, variables);
  expect(errors).toBeUndefined();
  return data.gpuAvailability as {
    readonly nodes: readonly Row[];
    readonly coverage: Record<string, unknown>;
  };
}

/** Resolves to the gateway's report about its sources. */
export const upstreamOf = async ({ gateway }: Opened) => (await gateway.ask(UPSTREAM)).data.upstream;

/** Returns the rows in stock. */
export const offered = (nodes: readonly Row[]) => nodes.filter(({ available }) => available);
/** Returns the rows in stock whose spot price was observed, even if the spot price is `null`. */
export const knownSpots = (nodes: readonly Row[]) =>
  offered(nodes).filter(({ spotObservedAt }) => spotObservedAt !== null);
/** Returns the row of one cell. */
export const cellOf = (nodes: readonly Row[], gpuType: string, dataCenter: string) =>
  nodes.find((row) => row.gpuType.id === gpuType && row.dataCenter.id === dataCenter);

/** Waits until the spot price and the pod sizes of every row in stock are known. */
export async function filled(opened: Opened) {
  const isFilled = async () => {
    const { nodes } = await ask(opened);
    return knownSpots(nodes).length === offered(nodes).length;
  };
  await expect.poll(isFilled).toBe(true);
}

/** Waits until `inFlight` requests to RunPod are in flight, no request is queued, and no request was sent between two checks. */
export async function quiet({ gateway, rest, graphql }: Opened, inFlight = 0): Promise<void> {
  let before = -1;
  const isQuiet = async () => {
    const { body } = await gateway.get('/metrics');
    const made = rest.seen.length + graphql.seen.length;
    const isSame = made === before;
    before = made;
    const numberOf = (name: string) => Number(new RegExp(`^gpu_gateway_upstream_${name} (\\d+)$`, 'm').exec(body)?.[1]);
    return isSame && numberOf('in_flight') === inFlight && numberOf('queue_length') === 0;
  };
  await expect.poll(isQuiet).toBe(true);
}
