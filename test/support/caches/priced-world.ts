import type { RequestListener } from 'node:http';
import { startServer } from '../../../src/http/server.ts';
import { startFakeRunPod } from '../fake-runpod.ts';
import { connect } from '../gateway.ts';

/** How long an answer stays fresh, in seconds: long enough for caches, which count whole seconds. */
export const FRESH_SECONDS = 4;

/** The time between two price changes, in milliseconds. It is no multiple of `FRESH_SECONDS`, so only some renewals find a new price. */
const STEP_MS = 5500;

/**
 * Starts a gateway on a free port, in front of a stand-in for RunPod whose stock alternates between two levels and whose prices rise.
 * Each price is valid during one period only, so a price shows when RunPod quoted it. The requests that reach the gateway are counted.
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
    /** The number of requests that reached the gateway. */
    requests: () => requests,
    /** The number of price requests that RunPod received. */
    renewals: () => runPod.count('LowestPrices'),
    /** The time until which RunPod quoted a price, in milliseconds since 1970; infinite for the current price. */
    endOf: (price: number) => endedAt[price - 1] ?? Number.POSITIVE_INFINITY,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await server.close(0);
      await runPod[Symbol.asyncDispose]();
    },
  };
}
