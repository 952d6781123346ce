import { describe, expect, it } from 'vitest';
import { ClientLimitedError, UpstreamAnswerError, UpstreamGoneError } from '../src/domain/errors.ts';
import { createControlledApis, createWithFailedRest, refused } from './support/controlled-apis.ts';
import { DEMAND } from './support/runpod-catalog.ts';

describe('the lists of both APIs together', () => {
  const answerError = () => new UpstreamAnswerError('Gpus', 'HTTP 404');

  it('come from the REST API, and may cost a request to each API', async () => {
    const { catalog, takeQueries } = createControlledApis();
    expect((await catalog.gpuTypes(DEMAND)).source).toBe('RUNPOD_REST');
    expect((await catalog.dataCenters(DEMAND)).source).toBe('RUNPOD_REST');
    expect(takeQueries()).toEqual(['REST: GPU types', 'REST: data centers']);
    expect(catalog.listCost).toBe(2);
  });

  it('come from the GraphQL API as soon as the REST API fails, and for the next 5 s', async () => {
    const { rest, state, gpuTypes, takeQueries } = createControlledApis();
    rest.error = answerError();
    expect(await gpuTypes()).toBe('RUNPOD_GRAPHQL');
    expect(takeQueries()).toEqual(['REST: GPU types', 'GraphQL: GPU types']);
    rest.error = null;
    state.nowMs = 4999;
    expect(await gpuTypes()).toBe('RUNPOD_GRAPHQL');
    expect(takeQueries()).toEqual(['GraphQL: GPU types']);
    state.nowMs = 5000;
    expect(await gpuTypes()).toBe('RUNPOD_REST');
    expect(takeQueries()).toEqual(['REST: GPU types']);
  });

  it('fail one by one: a failed list of GPU types does not affect the list of data centers', async () => {
    const { catalog, rest, gpuTypes, takeQueries } = createControlledApis();
    rest.error = answerError();
    await gpuTypes();
    rest.error = null;
    takeQueries();
    expect((await catalog.dataCenters(DEMAND)).source).toBe('RUNPOD_REST');
    expect(takeQueries()).toEqual(['REST: data centers']);
  });

  it('come from the API that reports the stock, or from the REST API if that API fails', async () => {
    const { rest, graphql, gpuTypes, takeQueries } = await createWithFailedRest();
    rest.error = null;
    expect(await gpuTypes()).toBe('RUNPOD_GRAPHQL');
    graphql.error = new UpstreamGoneError('GpuTypes');
    expect(await gpuTypes()).toBe('RUNPOD_REST');
    expect(takeQueries()).toEqual(['GraphQL: GPU types', 'GraphQL: GPU types', 'REST: GPU types']);
  });

  it("are rejected with the error of the GraphQL API if both APIs fail, or with the REST API's error if the GraphQL API is retired", async () => {
    const { rest, graphql, gpuTypes } = createControlledApis();
    rest.error = answerError();
    graphql.error = refused('GraphQL');
    await expect(gpuTypes()).rejects.toBe(graphql.error);
    const retired = createControlledApis();
    retired.rest.error = answerError();
    retired.graphql.error = new UpstreamGoneError('GpuTypes');
    await expect(retired.gpuTypes()).rejects.toBe(retired.rest.error);
  });

  it('come only from the REST API if the GraphQL API is retired, even if the REST API has just failed', async () => {
    const { rest, state, gpuTypes, takeQueries } = createControlledApis();
    rest.error = answerError();
    await gpuTypes();
    takeQueries();
    state.isGone = true;
    await expect(gpuTypes()).rejects.toBe(rest.error);
    rest.error = null;
    expect(await gpuTypes()).toBe('RUNPOD_REST');
    expect(takeQueries()).toEqual(['REST: GPU types', 'REST: GPU types']);
  });

  it('are not requested from the other API if the client has used up its budget or has disconnected', async () => {
    const { rest, graphql, state, gpuTypes, takeQueries } = createControlledApis();
    rest.error = new ClientLimitedError(60, 1000);
    await expect(gpuTypes()).rejects.toBe(rest.error);
    expect(takeQueries()).toEqual(['REST: GPU types']);
    rest.error = answerError();
    await gpuTypes();
    takeQueries();
    graphql.error = new DOMException('gone', 'AbortError');
    state.nowMs = 1000;
    await expect(gpuTypes()).rejects.toBe(graphql.error);
    expect(takeQueries()).toEqual(['GraphQL: GPU types']);
  });
});
