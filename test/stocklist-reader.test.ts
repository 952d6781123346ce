import { describe, expect, it } from 'vitest';
import { GATEWAY } from '../src/domain/client.ts';
import { ClientLimitedError, UpstreamUnreachableError } from '../src/domain/errors.ts';
import { createAnsweringRest, gpuRow } from './support/answering-rest.ts';
import { DEMAND } from './support/runpod-catalog.ts';

const refused = new UpstreamUnreachableError('Gpus', 'HTTP 503');
const limited = new ClientLimitedError(60, 1000);
const OF_ONE = { gpus: [gpuRow('A'), gpuRow('B')] };
const WITHOUT_B = { gpus: [gpuRow('A')] };

/** Creates a REST API whose answer for pods of two GPUs does not contain the GPU type B. */
const createWithoutB = () => {
  const rest = createAnsweringRest({ gpus: { 1: OF_ONE, 2: WITHOUT_B } });
  return {
    ...rest,
    /** Returns the stock level of B for pods of two GPUs, or `null` if it is unknown. */
    levelOfB: async () => {
      const [, observation] = await rest.observe(2, ['A', 'B']);
      const [cell] = observation?.cells ?? [];
      return cell?.failure === null ? cell.stock : null;
    },
  };
};

describe('the list of GPU types of the REST API', () => {
  it('is requested once by readers that need it within 5 s', async () => {
    const { catalog, state, takeSizes } = createAnsweringRest({ gpus: { 1: OF_ONE } });
    await Promise.all([catalog.gpuTypes(DEMAND), catalog.gpuTypes(DEMAND)]);
    state.nowMs = 4999;
    await catalog.gpuTypes(DEMAND);
    expect(takeSizes()).toEqual([1]);
    state.nowMs = 5000;
    await catalog.gpuTypes(DEMAND);
    expect(takeSizes()).toEqual([1]);
  });

  it('is requested again after a request failed', async () => {
    const { catalog, bodies, takeSizes } = createAnsweringRest({ gpus: { 1: refused } });
    await expect(catalog.gpuTypes(DEMAND)).rejects.toBe(refused);
    bodies.gpus = { 1: OF_ONE };
    expect((await catalog.gpuTypes(DEMAND)).rows.map(({ id }) => id)).toEqual(['A', 'B']);
    expect(takeSizes()).toEqual([1, 1]);
  });

  it('is requested again at once if the client of a shared request has disconnected, but not for that client', async () => {
    const aborted = new DOMException('gone', 'AbortError');
    const { catalog, bodies, takeSizes } = createAnsweringRest({ gpus: { 1: aborted } });
    const leaving = { signal: AbortSignal.abort(aborted), awaited: true, clients: [GATEWAY] };
    const shared = [catalog.gpuTypes(leaving), catalog.gpuTypes(DEMAND)];
    bodies.gpus = { 1: OF_ONE };
    const [left, stayed] = await Promise.allSettled(shared);
    expect(left).toMatchObject({ status: 'rejected', reason: aborted });
    expect(stayed).toMatchObject({ status: 'fulfilled' });
    expect(takeSizes()).toEqual([1, 1]);
  });

  it('is also an observation for pods of one GPU, but only once and only for 5 s after it arrived', async () => {
    const { catalog, observe, state, takeSizes } = createAnsweringRest({ gpus: { 1: OF_ONE, 2: OF_ONE } });
    await catalog.gpuTypes(DEMAND);
    await observe(2, ['A']);
    expect(takeSizes()).toEqual([1, 2]);
    state.nowMs = 4999;
    expect(await observe(1, ['A'])).toMatchObject([{ askedAt: 0 }]);
    expect(takeSizes()).toEqual([]);
    expect(await observe(1, ['A'])).toMatchObject([{ askedAt: 4999 }]);
    expect(takeSizes()).toEqual([1]);
    state.nowMs = 10_000;
    await catalog.gpuTypes(DEMAND);
    state.nowMs = 15_000;
    expect(await observe(1, ['A'])).toMatchObject([{ askedAt: 15_000 }]);
  });
});

describe('a GPU type that is missing from the answer for a pod size', () => {
  it('is sold out if an answer for pods of one GPU that is less than five minutes old contains it', async () => {
    const { levelOfB, state, takeSizes } = createWithoutB();
    expect(await levelOfB()).toBe('NONE');
    expect(takeSizes()).toEqual([2, 1]);
    state.nowMs = 299_999;
    expect(await levelOfB()).toBe('NONE');
    expect(takeSizes()).toEqual([2]);
    state.nowMs = 300_000;
    expect(await levelOfB()).toBe('NONE');
    expect(takeSizes()).toEqual([2, 1]);
  });

  it('may also be sold out according to an observation for pods of one GPU', async () => {
    const { observe, levelOfB, takeSizes } = createWithoutB();
    await observe(1, ['A']);
    expect(await levelOfB()).toBe('NONE');
    expect(takeSizes()).toEqual([1, 2]);
  });

  it('has an unknown stock if the answer for pods of one GPU does not contain it either', async () => {
    const { levelOfB, bodies } = createWithoutB();
    bodies.gpus = { 1: WITHOUT_B, 2: WITHOUT_B };
    expect(await levelOfB()).toBeNull();
  });

  it('stays sold out for up to an hour while the answer for pods of one GPU cannot be read', async () => {
    const { levelOfB, bodies, state } = createWithoutB();
    await levelOfB();
    bodies.gpus = { 1: refused, 2: WITHOUT_B };
    state.nowMs = 3_599_999;
    expect(await levelOfB()).toBe('NONE');
    state.nowMs = 3_600_000;
    expect(await levelOfB()).toBeNull();
  });

  it('is never looked up in the answer for a larger pod size', async () => {
    const { observe, levelOfB, bodies, takeSizes } = createWithoutB();
    bodies.gpus = { 1: refused, 2: WITHOUT_B, 4: OF_ONE };
    await observe(4, ['A']);
    expect(await levelOfB()).toBeNull();
    expect(takeSizes()).toEqual([4, 2, 1]);
  });

  it.each([
    ['a client has used up its budget', limited],
    ['the gateway itself fails', new TypeError('a fault of the gateway')],
  ])('fails the whole observation if %s', async (_why, error) => {
    const { levelOfB, bodies } = createWithoutB();
    bodies.gpus = { 1: error, 2: WITHOUT_B };
    await expect(levelOfB()).rejects.toBe(error);
  });

  it.each([
    ['is one of several pages', { ...WITHOUT_B, pagination: { hasNextPage: true } }],
    ['has a row without an id', { gpus: [gpuRow('A'), { name: 'B' }] }],
    ['has a row that is null', { gpus: [gpuRow('A'), null] }],
  ])('has an unknown stock, without another request, if the answer %s', async (_what, answer) => {
    const { levelOfB, bodies, takeSizes } = createWithoutB();
    bodies.gpus = { 1: OF_ONE, 2: answer };
    expect(await levelOfB()).toBeNull();
    expect(takeSizes()).toEqual([2]);
  });

  it('causes no other request if it is missing from the answer for pods of one GPU, or if nobody asks about it', async () => {
    const { observe, bodies, takeSizes } = createWithoutB();
    bodies.gpus = { 1: WITHOUT_B, 2: WITHOUT_B };
    await observe(1, ['A', 'B']);
    await observe(2, ['A']);
    expect(takeSizes()).toEqual([1, 2]);
  });
});
