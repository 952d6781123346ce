import { describe, expect, it } from 'vitest';
import { startFakeRunPod } from './support/fake-runpod.ts';
import { connect } from './support/gateway.ts';
import { dead, ENV, MATRIX, silent } from './support/outages.ts';

describe('a start without an upstream', () => {
  it('leads to failed queries and a gateway that is not ready, until the upstream is back', async () => {
    await using runPod = await startFakeRunPod(dead);
    const { ask, get, keepReady, stop } = connect(runPod.url, ENV);
    expect(await get('/ready')).toEqual({ status: 503, body: expect.stringContaining('starting') });
    const kept = keepReady();
    const { data, errors } = await ask(MATRIX);
    expect(data).toMatchObject({ gpuAvailability: null });
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
    expect(await get('/health')).toMatchObject({ status: 200 });
    expect(await get('/ready')).toEqual({ status: 503, body: expect.stringContaining('unavailable') });
    runPod.fail();
    await expect.poll(() => get('/ready'), { timeout: 15_000 }).toMatchObject({ status: 200 });
    expect(await get('/ready')).toEqual({ status: 200, body: 'ready\n' });
    expect((await ask(MATRIX)).data.gpuAvailability.coverage).toMatchObject({ complete: true });
    expect(runPod.count('LowestPrices')).toBe(41);
    stop();
    await kept;
    expect(await get('/ready')).toEqual({ status: 503, body: expect.stringContaining('draining') });
  });
});

describe('readiness', () => {
  it('continues if no client has sent a query for a long time', async () => {
    await using runPod = await startFakeRunPod();
    const { ask, get, passSeconds } = connect(runPod.url, ENV);
    await ask(MATRIX);
    passSeconds(900 + 3601);
    expect(await get('/ready')).toMatchObject({ status: 200 });
  });

  it('returns by itself after an outage that lasts longer than the lists may be served', async () => {
    await using runPod = await startFakeRunPod();
    const { get, keepReady, passSeconds, stop, ask } = connect(runPod.url, ENV);
    const kept = keepReady();
    await expect.poll(() => get('/ready')).toMatchObject({ status: 200 });
    await ask(MATRIX);
    runPod.fail(dead);
    passSeconds(900 + 3601);
    await ask(MATRIX);
    expect(await get('/ready')).toEqual({ status: 503, body: expect.stringContaining('unavailable') });
    runPod.fail();
    passSeconds(5);
    await expect.poll(() => get('/ready'), { timeout: 15_000 }).toMatchObject({ status: 200 });
    stop();
    await kept;
  });

  it('is unaffected by a client that disconnects, and no cell fails', async () => {
    await using runPod = await startFakeRunPod(silent);
    const gateway = connect(runPod.url, ENV);
    const leaving = new AbortController();
    const left = gateway.ask(MATRIX, {}, { signal: leaving.signal }).catch(() => 'left');
    await expect.poll(() => runPod.seen.length).toBe(2);
    leaving.abort();
    expect(await left).toBe('left');
    await new Promise(setImmediate);
    expect((await gateway.get('/ready')).body).toContain('starting');
    expect((await gateway.get('/metrics')).body).toContain('gpu_gateway_cells{state="failed"} 0');
  });
});
