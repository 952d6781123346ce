import { mkdirSync, writeFileSync } from 'node:fs';
import type { z } from 'zod';
import type { Demand } from '../../domain/catalog.ts';
import { GATEWAY } from '../../domain/client.ts';
import { UpstreamAnswerError } from '../../domain/errors.ts';
import type { Answer } from '../runpod-graphql/answer.ts';
import { LIST_OPERATIONS } from '../runpod-graphql/catalog.ts';
import type { Operation, RunPodClient } from '../runpod-graphql/client.ts';
import { normaliseDataCenters, normaliseGpuTypes } from '../runpod-graphql/normalise-lists.ts';
import { createPriceOperation, priceAlias } from '../runpod-graphql/price-operation.ts';
import { DataCentersSchema, GpuTypesSchema, PricedGpuTypesSchema, PriceFieldsSchema } from '../runpod-graphql/raw.ts';
import { RECORDING_FILES, type Recording } from './recording.ts';

/** Dependencies of `record`. */
export interface RecordOptions {
  readonly send: RunPodClient['send'];
  /** Called after each GPU type, when `done` of `total` GPU types have been recorded. */
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * Makes a recording of RunPod's answers: the lists of GPU types and data centers, and the price and stock of each GPU type in each data
 * center, for pods of one GPU. A recording is always complete.
 * @throws {UpstreamError} when any part of any answer is missing.
 */
export async function record({ send, onProgress }: RecordOptions): Promise<Recording> {
  const types = await whole(send, LIST_OPERATIONS.gpuTypes, GpuTypesSchema);
  const centers = await whole(send, LIST_OPERATIONS.dataCenters, DataCentersSchema);
  const gpuTypes = normaliseGpuTypes(types.gpuTypes);
  const dataCenters = normaliseDataCenters(centers.dataCenters);
  if (gpuTypes.length === 0) throw new UpstreamAnswerError('GpuTypes', 'an empty list');
  if (dataCenters.length === 0) throw new UpstreamAnswerError('DataCenters', 'an empty list');
  let done = 0;
  const prices = await Promise.all(
    gpuTypes.map(async (gpuType) => {
      const request = { gpuType, gpuCount: 1, dataCenters };
      const { gpuTypes: rows } = await whole(send, createPriceOperation(request), PricedGpuTypesSchema);
      const [row] = rows;
      if (row?.id !== gpuType.id)
        throw new UpstreamAnswerError('LowestPrices', 'the answer is not about the requested GPU type alone');
      done += 1;
      onProgress(done, gpuTypes.length);
      return dataCenters.map(({ id }, index) => ({
        gpuTypeId: gpuType.id,
        dataCenterId: id,
        lowestPrice: parsePrice(row[priceAlias(index)], id),
      }));
    }),
  );
  return {
    recordedAt: new Date().toISOString(),
    gpuTypes: types.gpuTypes.filter((row) => row !== null),
    dataCenters: centers.dataCenters.filter((row) => row !== null),
    lowestPrices: prices
      .flat()
      .flatMap(({ lowestPrice, ...cell }) => (hasAnyValue(lowestPrice) ? [{ ...cell, lowestPrice }] : [])),
  };
}

function parsePrice(raw: unknown, dataCenterId: string): z.infer<typeof PriceFieldsSchema> {
  const parsed = PriceFieldsSchema.safeParse(raw);
  if (!parsed.success) {
    throw new UpstreamAnswerError('LowestPrices', `no valid price in ${dataCenterId}`, { cause: parsed.error });
  }
  return parsed.data;
}

const DEMAND: Demand = { signal: new AbortController().signal, awaited: true, clients: [GATEWAY] };

function whole<T>(send: RunPodClient['send'], operation: Operation, schema: z.ZodType<T>): Promise<T> {
  const { operationName } = operation;
  const reading = {
    operation,
    subject: operationName,
    read({ data, errors }: Answer) {
      if (errors.length > 0) throw new UpstreamAnswerError(operationName, 'GraphQL errors', { cause: errors });
      const parsed = schema.safeParse(data);
      if (!parsed.success) throw new UpstreamAnswerError(operationName, 'not a list', { cause: parsed.error });
      return { value: parsed.data, complete: true };
    },
  };
  return send(reading, DEMAND);
}

/**
 * Whether RunPod's answer about a cell (one GPU type in one data center) has any value. Cells without a value are not recorded, because the
 * server of the recording returns nulls for a missing cell.
 */
function hasAnyValue<T extends object>(lowestPrice: T | null): lowestPrice is T {
  return lowestPrice !== null && Object.values(lowestPrice).some((value) => value !== null);
}

/** Writes a recording into a new `folder`, a URL that ends with a slash. */
export function writeRecording(folder: URL, recording: Recording): void {
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(toFiles(recording))) writeFileSync(new URL(file, folder), text);
}

/** Returns the contents of a recording's files, by file name. */
export function toFiles({ recordedAt, gpuTypes, dataCenters, lowestPrices }: Recording): Record<string, string> {
  return {
    [RECORDING_FILES.about]: `${JSON.stringify({ recordedAt }, null, 2)}\n`,
    [RECORDING_FILES.gpuTypes]: `{ "data": { "gpuTypes": ${lines(gpuTypes)} } }\n`,
    [RECORDING_FILES.dataCenters]: `{ "data": { "dataCenters": ${lines(dataCenters)} } }\n`,
    [RECORDING_FILES.lowestPrices]: `{ "gpuCount": 1, "secureCloud": true, "lowestPrices": ${lines(lowestPrices)} }\n`,
  };
}

/** Formats a JSON array with one row per line, so that recordings can be compared with diff. */
function lines(rows: readonly unknown[]): string {
  return `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n')}\n]`;
}
