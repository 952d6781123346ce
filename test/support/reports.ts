import { expect } from 'vitest';
import { createGateway } from './gateway.ts';

/** A row of a report, with the fields that tests read. */
export interface Row {
  readonly id: string;
  readonly gpuType: { id: string; displayName: string; manufacturer: string; memoryGb: number };
  readonly dataCenter: {
    id: string;
    region: string;
    countryCode: string;
    networkVolume: boolean | null;
    globalNetwork: boolean | null;
  };
  readonly available: boolean;
  readonly stock: string;
  readonly onDemandPrice: { readonly perGpu: number } | null;
}

/** The fields of a report that tests query. */
export const FIELDS = `totalCount coverage { expected } nodes { id
  gpuType { id displayName manufacturer memoryGb } dataCenter { id region countryCode networkVolume globalNetwork }
  gpuCount available stock onDemandPrice { perGpu perPod } spotPrice { perGpu perPod } availableGpuCounts }`;

/** Creates a gateway that answers from the recording, and returns functions that query it. */
export function createReports() {
  const { ask } = createGateway();

  /** Returns the data of a query. Fails if the response has errors. */
  async function read(query: string) {
    const { data, errors } = await ask(query);
    expect(errors).toBeUndefined();
    return data;
  }

  /** Queries gpuAvailability. `args` (arguments) and `filter` (fields of the filter) are texts, as a client writes them in a query. */
  async function report(args: string, filter = '') {
    const data = await read(`{ gpuAvailability(${args} filter: { ${filter} }) { ${FIELDS} } }`);
    return data.gpuAvailability as { totalCount: number; coverage: { expected: number }; nodes: Row[] };
  }

  return { read, report };
}

/** Returns whether a row is in stock. */
export const hasStock = (row: Row) => row.available;
