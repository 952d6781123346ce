import type { DataCenter } from '../../src/domain/data-center.ts';
import type { GpuType } from '../../src/domain/gpu-type.ts';
import type { Observation, ObservationRequest, ObservedCell } from '../../src/domain/observation.ts';
import { createKnownOperations, type KnownOperationsOptions } from '../../src/fast-path/known-operations.ts';
import { createGatewaySchema } from '../../src/graphql/schema.ts';
import { cellOf } from './cells.ts';
import { dataCenterOf, gpuTypeOf } from './list-rows.ts';

/**
 * The data that operations can query, and the limits on operations. By default, there are two GPU types in two data centers, all in stock.
 */
interface World extends Partial<Pick<KnownOperationsOptions, 'limits' | 'textOf' | 'freshMs' | 'listsFreshUntil'>> {
  readonly gpuTypes?: readonly GpuType[];
  readonly dataCenters?: readonly DataCenter[];
  /** Returns the values of a cell, by the ids of its GPU type and data center. */
  readonly cell?: (gpuTypeId: string, dataCenterId: string) => Partial<ObservedCell>;
  /** Returns whether the observation of a GPU type is in memory. */
  readonly isKnown?: (request: ObservationRequest) => boolean;
  readonly hasLists?: boolean;
}

const SCHEMA = createGatewaySchema();
const GPU_TYPES = [
  gpuTypeOf({ id: 'NVIDIA H100', displayName: 'H100', memoryGb: 80 }),
  gpuTypeOf({ id: 'NVIDIA L4', displayName: 'L4' }),
];
const DATA_CENTERS = ['EU-RO-1', 'US-TX-3'].map(dataCenterOf);

/**
 * Creates a set of known operations, which the gateway executes without Yoga. By default, all data that they need is in memory. Also
 * returns functions that execute operations.
 */
export function createOperations({
  gpuTypes = GPU_TYPES,
  dataCenters = DATA_CENTERS,
  cell = () => ({}),
  isKnown = () => true,
  hasLists = true,
  limits = { maxUpstreamRequests: 100, maxRows: 100_000, maxBytes: 10_000_000 },
  textOf = () => null,
  freshMs = 60_000,
  listsFreshUntil = () => 1_000_000,
}: World = {}) {
  const observations = new Map<string, Observation>();
  const observe = ({ gpuType, gpuCount }: ObservationRequest): Observation => {
    const cells = dataCenters.map(({ id }) => cellOf(id, 5000, cell(gpuType.id, id)));
    const { askedAt, observedAt } = cellOf('', 5000);
    return { gpuTypeId: gpuType.id, gpuCount, askedAt, observedAt, cells };
  };
  const peek = (request: ObservationRequest) => {
    if (!isKnown(request)) return undefined;
    const key = `${request.gpuCount} ${request.gpuType.id}`;
    const observation = observations.get(key) ?? observe(request);
    observations.set(key, observation);
    return observation;
  };
  const operations = createKnownOperations({
    schema: SCHEMA,
    textOf,
    catalog: { peekLists: () => (hasLists ? { gpuTypes, dataCenters } : undefined), peek, countFreshReads() {} },
    limits,
    freshMs,
    listsFreshUntil,
  });
  const execute = (body: object, maxBytes = Number.POSITIVE_INFINITY) =>
    operations.execute(JSON.stringify(body), maxBytes);
  return {
    operations,
    execute,
    /** Adds an operation to the known operations and executes it. Returns its data, or `null` if only Yoga can execute the operation. */
    run: (query: string, variables: object = {}, operationName?: string) => {
      operations.add({ query, operationName }, {});
      const executed = execute({ query, variables, operationName });
      return executed === null ? null : JSON.parse(executed.text).data;
    },
  };
}
