import type { RequestListener } from 'node:http';
import { startServer } from '../../../src/http/server.ts';
import { startFakeRunPod } from '../fake-runpod.ts';
import { connect } from '../gateway.ts';

/** How often a gateway asks RunPod at least while it is read: long enough for several whole seconds in a cache. */
export const FRESH_SECONDS = 4;

/** Not a multiple of `FRESH_SECONDS`, so that some renewals find the same price and others find another one. */
const STEP_MS = 5500;

/**
 * A gateway on a free port before a RunPod whose stock flips and whose prices rise. No price returns, so that one tells when it was true. The
 * gateway counts the requests that reach it.
 */
export async function startPricedWorld(env: Record<string, string> = {}) {
  const runPod = await startFakeRunPod();
  const endedAt: number[] = [];
  const timer = setInterval(() => endedAt.push(Date.now()), STEP_MS);
  const priceNow = () => 1 + endedAt.length;
  const stockNow = () => (endedAt.length % 2 === 0 ? 'High' : 'Low');
  runPod.fail(({ operationName }) => {
    if (operationName !== 'LowestPrices') return undefined;
    return (response, good) =>
      response
        .setHeader('content-type', 'application/json')
        .end(
          good
            .replace(/"uninterruptablePrice":[\d.]+/g, () => `"uninterruptablePrice":${priceNow()}`)
            .replace(/"stockStatus":"\w+"/g, () => `"stockStatus":"${stockNow()}"`),
        );
  });
  const gateway = connect(runPod.url, {
    FRESH_SECONDS: String(FRESH_SECONDS),
    UPSTREAM_TIMEOUT_MS: '100000',
    ...env,
  });
  let requests = 0;
  const counted: RequestListener = (request, response) => {
    requests += 1;
    gateway.listener(request, response);
  };
  const server = await startServer(counted, { host: '127.0.0.1', port: 0, log: gateway.log });
  return {
    url: server.url,
    /** Requests that reached the gateway. */
    requests: () => requests,
    /** How often RunPod was asked for prices. */
    renewals: () => runPod.count('LowestPrices'),
    /** Until when RunPod quoted a price, in milliseconds since 1970; infinite for the one that it quotes now. */
    endOf: (price: number) => endedAt[price - 1] ?? Number.POSITIVE_INFINITY,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await server.close(0);
      await runPod[Symbol.asyncDispose]();
    },
  };
}
