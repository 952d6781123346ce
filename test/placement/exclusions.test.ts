import { describe, expect, it } from 'vitest';
import { UpstreamTimeoutError } from '../../src/domain/errors.ts';
import type { Cell } from '../../src/domain/observation.ts';
import { exclusionsOf } from '../../src/domain/placement/exclusions.ts';
import type { Needs } from '../../src/domain/placement/needs.ts';
import type { RowsOf } from '../../src/domain/placement/placement.ts';
import { toTypeRows } from '../../src/domain/type-rows.ts';
import { cellOf, observationOf } from '../support/cells.ts';
import { dataCenterOf, gpuTypeOf } from '../support/list-rows.ts';
import { NO_NEEDS } from '../support/needs.ts';

const IDS = ['EU-RO-1', 'US-TX-3'];
const DATA_CENTERS = IDS.map(dataCenterOf);
const L4 = gpuTypeOf({ id: 'L4' });
const H100 = gpuTypeOf({ id: 'H100', memoryGb: 80 });
const inStock = (id: string): Cell => cellOf(id, 0);
const soldOut = (id: string): Cell => cellOf(id, 0, { available: false, stock: 'NONE' });
const failed =
  (message: string) =>
  (id: string): Cell => ({ dataCenterId: id, failure: { code: 'TIMEOUT', message } });

/**
 * Returns a function that creates the same cells for every GPU type. The nth function in `toCells` creates the cell in the nth data center.
 */
const rowsWith =
  (...toCells: readonly ((id: string) => Cell)[]): RowsOf =>
  ({ gpuType, gpuCount }) => {
    const cells = IDS.flatMap((id, index) => toCells[index]?.(id) ?? []);
    return toTypeRows({ gpuType, dataCenters: DATA_CENTERS, gpuCount }, observationOf(gpuType.id, 0, cells));
  };

/** Returns the excluded cells in short form: GPU type, data center, number of GPUs, reason and message. */
const excluded = (rowsOf: RowsOf, needs: Partial<Needs> = {}, gpuTypes = [L4], dataCenters = DATA_CENTERS) =>
  exclusionsOf({ gpuTypes, dataCenters, needs: { ...NO_NEEDS, ...needs }, preference: 'CHEAPEST' }, rowsOf).map(
    ({ gpuType, dataCenter, gpuCount, reason, message }) => [
      gpuType.id,
      dataCenter?.id ?? null,
      gpuCount,
      reason,
      message,
    ],
  );

/** A need (a condition of a query) that only the first data center meets. */
const ONLY_RO = {
  name: 'dataCenterIds',
  reason: 'OTHER_DATA_CENTER',
  isMet: ({ id }: { readonly id: string }) => id === 'EU-RO-1',
  explain: ({ id }: { readonly id: string }) => `${id} was not requested.`,
} as const;

describe('the excluded cells', () => {
  it('are an empty list if every cell meets the needs', () => {
    expect(excluded(rowsWith(inStock, inStock), {}, [L4, H100])).toEqual([]);
  });

  it('are only those that do not suit, in the order of the GPU types and data centers', () => {
    expect(excluded(rowsWith(inStock, soldOut), {}, [H100, L4])).toEqual([
      ['H100', 'US-TX-3', 1, 'OUT_OF_STOCK', 'RunPod reports no stock.'],
      ['L4', 'US-TX-3', 1, 'OUT_OF_STOCK', 'RunPod reports no stock.'],
    ]);
  });

  it('have the number of GPUs on the pod that each GPU type needs', () => {
    const counts = excluded(rowsWith(inStock, soldOut), { minTotalMemoryGb: 80 }, [H100, L4]).map(
      ([, , count]) => count,
    );
    expect(counts).toEqual([1, 4]);
  });

  it('have no number of GPUs if the data center is excluded for every pod, whatever its stock', () => {
    expect(excluded(rowsWith(inStock, soldOut), { ofDataCenter: [ONLY_RO], gpuCount: 2 })).toEqual([
      ['L4', 'US-TX-3', null, 'OTHER_DATA_CENTER', 'US-TX-3 was not requested.'],
    ]);
  });

  it('are one entry for each GPU type that is excluded regardless of data center and stock, and its rows are not read', () => {
    const noRows = () => {
      throw new Error('the rows were read');
    };
    expect(excluded(noRows, { minTotalMemoryGb: 300 })).toEqual([
      ['L4', null, 13, 'TOO_MANY_GPUS', 'A pod of this type has at most 8 GPUs; 13 were needed.'],
    ]);
  });

  it('are an empty list if there is no data center', () => {
    expect(excluded(rowsWith(), {}, [L4], [])).toEqual([]);
  });

  it('cannot be determined if the rows for a pod size that the needs allow are missing', () => {
    expect(() => excluded(() => null)).toThrow('no row for L4 in EU-RO-1');
  });
});

describe('cells that could not be observed', () => {
  it('have the message of their own failure', () => {
    expect(excluded(rowsWith(failed('too slow'), inStock))).toEqual([['L4', 'EU-RO-1', 1, 'NOT_OBSERVED', 'too slow']]);
  });

  it('have the message of the failure of the whole GPU type if they have none of their own, and are merged', () => {
    const error = new UpstreamTimeoutError('the prices', 100);
    const rowsOf: RowsOf = ({ gpuType, gpuCount }) =>
      toTypeRows({ gpuType, dataCenters: DATA_CENTERS, gpuCount }, error);
    expect(excluded(rowsOf)).toEqual([['L4', null, 1, 'NOT_OBSERVED', error.message]]);
  });

  it('are merged only if their messages are the same', () => {
    expect(excluded(rowsWith(failed('too slow'), failed('too slow')))).toEqual([
      ['L4', null, 1, 'NOT_OBSERVED', 'too slow'],
    ]);
    expect(
      excluded(rowsWith(failed('too slow'), failed('broken'))).map(([, id, , , message]) => [id, message]),
    ).toEqual([
      ['EU-RO-1', 'too slow'],
      ['US-TX-3', 'broken'],
    ]);
  });

  it('do not lend their message to cells with another reason', () => {
    expect(excluded(rowsWith(failed('too slow'), soldOut)).map(([, id, , , message]) => [id, message])).toEqual([
      ['EU-RO-1', 'too slow'],
      ['US-TX-3', 'RunPod reports no stock.'],
    ]);
  });
});
