import { afterEach, describe, expect, it } from 'vitest';
import { changedType } from '../support/changed-answer.ts';
import { KEY, startFakeRest } from '../support/fake-rest.ts';
import { answerWith, startFakeRunPod } from '../support/fake-runpod.ts';
import { startReplica } from '../support/fleet.ts';
import { HAS_REDIS, startRedis } from '../support/redis.ts';
import { killAll } from '../support/start.ts';
import { inStock, NOTHING } from '../support/stock.ts';
import { overSse } from '../support/subscribers.ts';

const TYPE = 'NVIDIA L40S';
const STOCK = `{ gpuAvailability(gpuType: "${TYPE}", filter: { includeUnavailable: true }) {
  nodes { dataCenter { id } stock available spotObservedAt } } }`;
const ANSWERED =
  'gpu_gateway_upstream_attempts_total{source="runpod_graphql",operation="LowestPrices",outcome="complete"}';

interface Node {
  readonly dataCenter: { readonly id: string };
  readonly stock: string;
  readonly available: boolean;
  readonly spotObservedAt: string | null;
}

afterEach(killAll);

describe.skipIf(!HAS_REDIS)('two replicas, one of which cannot reach the REST API', () => {
  it('show and send no false change when a slow answer to that replica arrives after a newer observation by the other', async () => {
    await using redis = await startRedis();
    await using rest = await startFakeRest();
    await using theirs = await startFakeRunPod();
    await using ours = await startFakeRunPod();
    const env = {
      UPSTREAM: 'auto',
      RUNPOD_API_KEY: KEY,
      REDIS_URL: redis.url,
      FRESH_SECONDS: '2',
      UPSTREAM_RETRIES: '0',
      UPSTREAM_TIMEOUT_MS: '100000',
    };
    const whole = await startReplica({ ...env, RUNPOD_REST_URL: rest.url, RUNPOD_GRAPHQL_URL: theirs.url });
    const cut = await startReplica({
      ...env,
      RUNPOD_REST_URL: 'http://127.0.0.1:9/v2',
      RUNPOD_GRAPHQL_URL: ours.url,
    });
    const nodesOf = async (replica: typeof cut): Promise<readonly Node[]> =>
      (await replica.ask(STOCK)).gpuAvailability.nodes;
    const place = (await nodesOf(whole)).find(({ stock }) => stock !== 'NONE')?.dataCenter.id ?? '';
    const levelAt = async (replica: typeof cut) =>
      (await nodesOf(replica)).find(({ dataCenter }) => dataCenter.id === place)?.stock;

    // Waits until all spot prices are known, before the test withholds an answer of the GraphQL API. Otherwise, it could withhold the
    // answer to a request that is only for spot prices, and not for stock.
    const lacksSpot = async () =>
      (await nodesOf(whole)).some(({ available, spotObservedAt }) => available && spotObservedAt === null);
    await expect.poll(lacksSpot).toBe(false);

    const late: (() => void)[] = [];
    ours.fail(({ operationName, variables }) => {
      const isFirst = operationName === 'LowestPrices' && variables?.['gpuTypeId'] === TYPE && late.length === 0;
      if (!isFirst) return undefined;
      return (response, body) => void late.push(() => answerWith(200, body)(response, body));
    });
    const isHeld = async () => {
      await cut.ask(STOCK);
      return late.length;
    };
    await expect.poll(isHeld, { timeout: 20_000 }).toBe(1);
    // From now on, the GraphQL API reports no stock in this data center. Only the withheld answer still contains stock there.
    for (const runPod of [ours, theirs]) runPod.stock.set(TYPE, place, NOTHING);
    const subscribers = [whole, cut].map(({ url }) => overSse(url, { gpuType: TYPE }));
    for (const replica of [whole, cut]) {
      await expect.poll(() => replica.metric('gpu_gateway_subscriptions')).toBe(1);
    }
    const kindsOf = () =>
      subscribers.map(({ changes }) =>
        changes.filter(({ after }) => after.dataCenter.id === place).map(({ kind }) => kind),
      );

    const without = changedType(TYPE, { availability: 'NONE', dataCenters: undefined });
    rest.fail(({ path }) => (path.endsWith('gpus') ? without : undefined));
    await expect.poll(() => levelAt(whole), { timeout: 20_000 }).toBe('NONE');
    await expect.poll(kindsOf).toEqual([['DISAPPEARED'], ['DISAPPEARED']]);

    const answered = await cut.metric(ANSWERED);
    late[0]?.();
    await expect.poll(async () => (await cut.metric(ANSWERED)) > (answered || 0)).toBe(true);
    expect([await levelAt(cut), await levelAt(whole)]).toEqual(['NONE', 'NONE']);

    // Changes the stock again. The next event of each subscriber must be about this change, because the withheld answer must not cause an
    // event.
    rest.fail();
    for (const runPod of [ours, theirs]) runPod.stock.set(TYPE, place, inStock('High'));
    await expect.poll(async () => (await levelAt(whole)) !== 'NONE', { timeout: 20_000 }).toBe(true);
    await expect
      .poll(() => kindsOf().map((kinds) => kinds.slice(0, 2)))
      .toEqual([
        ['DISAPPEARED', 'APPEARED'],
        ['DISAPPEARED', 'APPEARED'],
      ]);
    for (const { leave } of subscribers) leave();
    expect([whole.errors(), cut.errors()]).toEqual(['', '']);
  });
});
