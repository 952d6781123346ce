import { graphql } from 'graphql';
import { createSchema } from 'graphql-yoga';
import { createGpuAvailability } from '../../src/library/library.ts';
import type { GpuAvailability, GpuAvailabilityOptions } from '../../src/library/library-types.ts';

/** The key that the library sends to the stand-in for RunPod. */
export const KEY = 'rpa_a-key-of-the-library';

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** Creates an instance that reads from a stand-in for RunPod. */
export function embed(runpodGraphqlUrl: string, options: GpuAvailabilityOptions = {}) {
  const live = { upstream: 'graphql', runpodApiKey: KEY, runpodGraphqlUrl, logger: SILENT } as const;
  const gpus = createGpuAvailability({ ...live, ...options });
  return { ...gpus, [Symbol.asyncDispose]: gpus.dispose };
}

/** Returns a query for the availability of the first `count` GPU types. The library needs one request to RunPod for each GPU type. */
export const ofTypes = (count: number, gpuCount = 1) =>
  `{ gpuTypes { id } ${Array.from({ length: count }, (_, index) => `a${index}: gpuAvailability(gpuType: "${TYPES[index]}", gpuCount: ${gpuCount}) { coverage { failures { code } } }`).join(' ')} }`;

const TYPES = ['NVIDIA L4', 'NVIDIA L40S', 'NVIDIA A40', 'NVIDIA H200', 'NVIDIA B200'];

/** Sends an operation to the handler of the library, as a host with a server does. */
export async function fetchFrom({ fetch }: GpuAvailability, query: string, client?: string) {
  const headers = { 'content-type': 'application/json' };
  const request = new Request('http://host.example/graphql', {
    method: 'POST',
    headers,
    body: JSON.stringify({ query }),
  });
  return (await fetch(request, { client })).json() as Promise<Result>;
}

/** Executes an operation with graphql-js alone, as a host without plugins does. */
export async function executeIn(
  { typeDefs, resolvers, createContext }: GpuAvailability,
  source: string,
  client?: string,
) {
  const schema = createSchema({ typeDefs, resolvers });
  return (await graphql({ schema, source, contextValue: createContext({ client }) })) as Result;
}

interface Report {
  readonly nodes?: readonly unknown[];
  readonly totalCount?: number;
  readonly coverage?: { readonly failures: readonly { readonly code: string }[] };
}

/** The result of an operation, with the fields that the tests read. */
export interface Result {
  readonly data?: Record<string, Report>;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** Returns the codes of all failed cells in a result. */
export const failuresIn = ({ data }: Result) =>
  Object.values(data ?? {}).flatMap((field) => field?.coverage?.failures.map(({ code }) => code) ?? []);
