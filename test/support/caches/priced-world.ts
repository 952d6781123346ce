import type { RequestListener } from 'node:http';
import { startServer } from '../../../src/http/server.ts';
import { startFakeRunPod } from '../fake-runpod.ts';
import { connect } from '../gateway.ts';

/** How long an answer of the gateway stays fresh, in seconds. The time must be several seconds, because caches count whole seconds. */
export const FRESH_SECONDS = 4;

/**
 * The time between two price changes, in milliseconds. It is not a multiple of `FRESH_SECONDS`, so that some renewals find a new price and
 * others do not.
 */
const STEP_MS = 5500;

/**
 * Starts a gateway and a stand-in for RunPod. RunPod's stock alternates between two levels, and its prices rise. Each price is valid in
 * only one period, so the price in a row shows when RunPod quoted it. The requests that reach the gateway are counted.
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
    /** Returns the number of requests that have reached the gateway. */
    requests: () => requests,
    /** Returns the number of price requests that RunPod has received. */
    renewals: () => runPod.count('LowestPrices'),
    /** Returns the time at which a price ceased to be valid, in milliseconds since 1970; infinity for the current price. */
    endOf: (price: number) => endedAt[price - 1] ?? Number.POSITIVE_INFINITY,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await server.close(0);
      await runPod[Symbol.asyncDispose]();
    },
  };
}
