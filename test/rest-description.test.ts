import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDescription, type DescribedBody } from '../src/cli/doctor/description.ts';
import type { DataCenter } from '../src/domain/data-center.ts';
import type { Cell } from '../src/domain/observation.ts';
import { createRestCatalog } from '../src/upstream/runpod-rest/catalog.ts';
import { DataCentersSchema, GpusSchema } from '../src/upstream/runpod-rest/raw.ts';
import { anyBody, USUAL_TEXTS, wholeBody } from './support/described-answers.ts';
import { dataCenterOf } from './support/list-rows.ts';
import { DEMAND } from './support/runpod-catalog.ts';

const description = createDescription();

/** The names of the response bodies in the API description, each with the gateway's own schema for reading the body. */
const READINGS = [
  ['GpuList', GpusSchema],
  ['DataCenterList', DataCentersSchema],
] as const;

/**
 * Wraps a value to record which properties are read. Each reading of a property adds the path of the property to `paths`, for example
 * `gpus[].price.secure`.
 */
function watched(value: unknown, paths: Set<string>, path = ''): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return new Proxy(value, {
    get(target, key) {
      const below = Reflect.get(target, key);
      if (typeof key === 'symbol') return below;
      if (Array.isArray(target)) return /^\d+$/.test(key) ? watched(below, paths, `${path}[]`) : below;
      const belowPath = path === '' ? key : `${path}.${key}`;
      if (!(key in Object.prototype)) paths.add(belowPath);
      return watched(below, paths, belowPath);
    },
  });
}

describe.each(READINGS)('the description of a %s', (name, reading) => {
  const fields = description.fields(name);

  function readPaths(): ReadonlySet<string> {
    const paths = new Set<string>();
    reading.parse(watched(wholeBody(name), paths));
    return paths;
  }

  it('contains every property that the gateway reads', () => {
    expect(readPaths().size).toBeGreaterThan(5);
    expect([...readPaths()].filter((path) => !fields.has(path))).toEqual([]);
  });

  it('marks as required only properties that the gateway reads', () => {
    const needed = [...fields].filter(([, field]) => field.needed).map(([path]) => path);
    expect(needed.length).toBeGreaterThan(1);
    expect(needed.filter((path) => !readPaths().has(path))).toEqual([]);
  });

  it('gives each property the type that the gateway reads', () => {
    const whole = wholeBody(name);
    const { pagination, ...read } = reading.parse(whole);
    expect(whole).toMatchObject(read);
    expect(pagination).toBe(true);
  });
});

interface Place {
  readonly id: string;
  readonly availability: string;
}

interface Gpu {
  readonly id: string;
  readonly name: string;
  readonly memory: number;
  readonly secure: boolean;
  readonly price: { readonly secure: number };
  readonly availability: string;
  readonly dataCenters?: readonly Place[];
}

interface Center {
  readonly id: string;
  readonly region: string;
  readonly globalNetwork: boolean;
  readonly networkVolumeTypes: readonly string[];
  readonly compliance: readonly string[];
}

interface Page {
  readonly pagination?: { readonly hasNextPage?: boolean; readonly nextCursor?: string | null };
}

const isPage = ({ pagination }: Page) => pagination?.hasNextPage ?? (pagination?.nextCursor ?? '') !== '';

const ASKED = { askedAt: 0, observedAt: '2026-11-28T00:00:00.000Z' };

/** Creates a catalog of the REST API that gets the response body `bodies[operation]` for each operation. */
const catalogOf = (bodies: Readonly<Record<string, unknown>>) =>
  createRestCatalog({
    get: async ({ operation, read }) => read(JSON.parse(JSON.stringify(bodies[operation])), ASKED).value,
    status: () => ({ source: 'RUNPOD_REST', health: 'UP', lastSuccessAt: null, recordedAt: null, sources: [] }),
    now: () => ASKED.askedAt,
    onUnknownStock: (word) => expect.fail(`the description has a word that the gateway does not know: ${word}`),
  });

/** Returns the rows that the gateway uses: for each id, only the first row with that id. */
const first = <Row extends { readonly id: string }>(rows: readonly Row[]) =>
  rows.filter(({ id }, index) => rows.findIndex((row) => row.id === id) === index);

/** Returns the stock level that a row reports for a data center; `null` if the row does not determine the level. */
function meantLevel({ secure, availability, dataCenters = [] }: Gpu, place: string): string | null {
  if (!secure) return 'NONE';
  if (dataCenters.length === 0) return availability === 'NONE' ? 'NONE' : null;
  return dataCenters.find(({ id }) => id === place)?.availability ?? 'NONE';
}

function expectCell(cell: Cell, gpu: Gpu, gpuCount: number) {
  const level = meantLevel(gpu, cell.dataCenterId);
  if (cell.failure !== null) {
    expect(level).toBeNull();
    return;
  }
  expect([cell.stock, cell.available]).toEqual([level, level !== 'NONE']);
  if (!cell.available || gpu.price.secure <= 0) expect(cell.onDemandPrice).toBeNull();
  else if (gpu.price.secure > 0.001 && gpu.price.secure < 1e6) {
    expect(cell.onDemandPrice?.perPod).toBeCloseTo(gpu.price.secure * gpuCount, 6);
  }
}

describe('any answer that the description allows', () => {
  const anyGpuList = anyBody('GpuList') as fc.Arbitrary<Page & { readonly gpus: readonly Gpu[] }>;
  const anyCenterList = anyBody('DataCenterList') as fc.Arbitrary<Page & { readonly dataCenters: readonly Center[] }>;

  it.each<DescribedBody>(['GpuList', 'DataCenterList', 'Problem'])(
    'has no difference from the description: %s',
    (name) => {
      const check = fc.property(anyBody(name), (body) => {
        expect(description.differences(name, body)).toEqual([]);
      });
      fc.assert(check, { numRuns: 100 });
    },
  );

  it('is read correctly: GPU types and their stock', async () => {
    let answersWithStock = 0;
    const check = fc.asyncProperty(anyGpuList, fc.constantFrom(1, 2), async (body, gpuCount) => {
      const catalog = catalogOf({ Gpus: body });
      const rows = first(body.gpus).filter(({ id }) => id !== 'unknown');
      if (isPage(body) || rows.length === 0) {
        await expect(catalog.gpuTypes(DEMAND)).rejects.toThrow('Gpus');
        return;
      }
      const { rows: gpuTypes } = await catalog.gpuTypes(DEMAND);
      expect(gpuTypes.map(({ id, secureCloud }) => [id, secureCloud])).toEqual(
        rows.map(({ id, secure }) => [id, secure]),
      );
      const dataCenters = USUAL_TEXTS.map((id): DataCenter => dataCenterOf(id));
      const request = { gpuType: gpuTypes[0] ?? expect.fail(), gpuTypes, dataCenters, gpuCount };
      const observations = await catalog.observe(request, DEMAND);
      expect(observations.map(({ gpuTypeId }) => gpuTypeId)).toEqual(rows.map(({ id }) => id));
      for (const [index, { cells }] of observations.entries()) {
        expect(cells.map(({ dataCenterId }) => dataCenterId)).toEqual(USUAL_TEXTS);
        for (const cell of cells) expectCell(cell, rows[index] ?? expect.fail(), gpuCount);
      }
      const cells = observations.flatMap((observation) => observation.cells);
      if (cells.some((cell) => cell.failure === null && cell.available)) answersWithStock += 1;
    });
    await fc.assert(check, { numRuns: 300, seed: 20_261_128 });
    expect(answersWithStock).toBeGreaterThan(50);
  });

  it('is read correctly: data centers', async () => {
    const check = fc.asyncProperty(anyCenterList, async (body) => {
      // To list data centers, the catalog also reads the list of GPU types. Here that list is empty, because another test covers it.
      const catalog = catalogOf({ DataCenters: body, Gpus: { gpus: [] } });
      const rows = first(body.dataCenters);
      if (isPage(body) || rows.length === 0) {
        await expect(catalog.dataCenters(DEMAND)).rejects.toThrow('DataCenters');
        return;
      }
      const { rows: read } = await catalog.dataCenters(DEMAND);
      expect(
        read.map(({ id, globalNetwork, networkVolume, compliance }) => [id, globalNetwork, networkVolume, compliance]),
      ).toEqual(rows.map((row) => [row.id, row.globalNetwork, row.networkVolumeTypes.length > 0, row.compliance]));
      for (const [index, { region }] of rows.entries()) {
        if (region !== 'UNKNOWN') expect(read[index]?.region).toBe(region);
      }
    });
    await fc.assert(check, { numRuns: 200, seed: 20_261_128 });
  });
});
