import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCreateRequest } from '../src/domain/placement/create-request.ts';
import { anyPodId } from './support/any-pod-id.ts';
import { startFakePods } from './support/fake-pods.ts';
import { dataCenterOf, gpuTypeOf } from './support/list-rows.ts';

/**
 * The path of RunPod's own OpenAPI file of the REST API v2. That file belongs to RunPod and is not part of this project, so these tests are
 * skipped if the path is not set.
 */
const PATH = process.env['RUNPOD_OPENAPI'];

interface OpenApi {
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, object>>;
  readonly components: object;
}

function readOpenApi() {
  const { servers, paths, components }: OpenApi = JSON.parse(readFileSync(PATH ?? expect.fail('no path'), 'utf8'));
  // The file has formats and keywords that this validator does not know, so the validator is not strict.
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'runpod', components });
  return {
    urls: Object.entries(paths).flatMap(([below, methods]) =>
      servers.flatMap(({ url }) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${url}${below}`)),
    ),
    errorsOf: (name: string, body: unknown) => {
      const validate = ajv.getSchema(`runpod#/components/schemas/${name}`) ?? expect.fail(`no schema ${name}`);
      void validate(body);
      return validate.errors ?? [];
    },
  };
}

const podOf = (id: string, place: string, gpuCount: number) => ({
  gpuType: gpuTypeOf({ id }),
  dataCenter: dataCenterOf(place),
  gpuCount,
});

describe.skipIf(PATH === undefined)("RunPod's OpenAPI file", () => {
  it('has the method and the URL of the request that creates a pod', () => {
    const { method, url } = toCreateRequest(podOf('NVIDIA L4', 'EU-RO-1', 1), { globalNetwork: false });
    expect(readOpenApi().urls).toContain(`${method} ${url}`);
  });

  it('allows every request that creates a pod', () => {
    const { errorsOf } = readOpenApi();
    const anyCount = fc.integer({ min: 1, max: 16 });
    const property = fc.property(anyPodId, anyPodId, anyCount, fc.boolean(), (id, place, gpuCount, globalNetwork) => {
      const { body } = toCreateRequest(podOf(id, place, gpuCount), { globalNetwork });
      expect(errorsOf('CreatePodRequest', JSON.parse(body))).toEqual([]);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('allows the answers of the stand-in', async () => {
    const { errorsOf } = readOpenApi();
    await using pods = await startFakePods();
    const request = toCreateRequest(podOf('NVIDIA A100 80GB PCIe', 'CA-MTL-3', 1), { globalNetwork: false });
    const answers = [await pods.create(request), await pods.create({ ...request, body: '{}' })];
    expect(answers.map(({ status }) => status)).toEqual([201, 422]);
    expect(errorsOf('Pod', await answers[0]?.json())).toEqual([]);
    expect(errorsOf('ErrorResponse', await answers[1]?.json())).toEqual([]);
  });
});
