import { afterEach, describe, expect, it } from 'vitest';
import { startFakeRunPod } from '../support/fake-runpod.ts';
import { startReplicas } from '../support/fleet.ts';
import { createGateway } from '../support/gateway.ts';
import { HAS_REDIS, startRedis } from '../support/redis.ts';
import { killAll } from '../support/start.ts';
import { inStock, NOTHING } from '../support/stock.ts';
import { overSse, type Subscriber } from '../support/subscribers.ts';

/** For how many seconds the test keeps killing replicas. FLEET_SECONDS=120 sets two minutes. */
const SECONDS = Number(process.env['FLEET_SECONDS'] ?? 15);

const L4 = 'NVIDIA L4';
const PLACE = 'EUR-IS-1';
const MATRIX = `query ($gpuCount: Int!) { gpuAvailability(gpuCount: $gpuCount, filter: { includeUnavailable: true }) {
  nodes { gpuType { id } dataCenter { id } stock available onDemandPrice { perPod } } coverage { complete } } }`;

interface Row {
  readonly gpuType: { readonly id: string };
  readonly dataCenter: { readonly id: string };
}

const nameOf = ({ gpuType, dataCenter }: Row) => `${gpuType.id} in ${dataCenter.id}`;
const isChanging = (row: Row) => nameOf(row) === `${L4} in ${PLACE}`;

afterEach(killAll);

describe.skipIf(!HAS_REDIS)('replicas that are killed at random', () => {
  it(
    'serve no wrong cell, lose no slot, and send every change exactly once',
    async () => {
      await using redis = await startRedis();
      await using runPod = await startFakeRunPod();
      const truth = new Map<string, Row>();
      for (const gpuCount of [1, 2]) {
        const { data } = await createGateway().ask(MATRIX, { gpuCount });
        for (const row of data.gpuAvailability.nodes) truth.set(`${gpuCount} ${nameOf(row)}`, row);
      }
      runPod.stock.set(L4, PLACE, NOTHING);
      // The test never kills the third replica, so the subscriber of that replica gets every event.
      const replicas = await startReplicas(3, {
        UPSTREAM: 'graphql',
        RUNPOD_GRAPHQL_URL: runPod.url,
        REDIS_URL: redis.url,
        FRESH_SECONDS: '2',
        UPSTREAM_TIMEOUT_MS: '2000',
      });
      const mortals = replicas.slice(0, 2);
      const witness = replicas[2] as (typeof replicas)[number];
      const subscriber: Subscriber = overSse(witness.url, { gpuType: L4 });
      await expect.poll(() => witness.metric('gpu_gateway_subscriptions')).toBe(1);
      await witness.ask(MATRIX, { gpuCount: 1 });

      const until = Date.now() + SECONDS * 1000;
      const isOver = () => Date.now() >= until;
      const wrong: string[] = [];
      let answers = 0;
      async function ask(url: (typeof replicas)[number], gpuCount: number): Promise<void> {
        // A replica that has just been killed does not answer. The test does not count that as an error.
        const data = await url.ask(MATRIX, { gpuCount }).catch(() => null);
        for (const row of data?.gpuAvailability?.nodes ?? []) {
          const expected = truth.get(`${gpuCount} ${nameOf(row)}`);
          if (row.available === null || isChanging(row)) continue;
          if (JSON.stringify(row) !== JSON.stringify(expected)) wrong.push(JSON.stringify(row));
        }
        answers += data === null ? 0 : 1;
      }
      const clients = replicas.map(async (replica, index) => {
        for (let turn = index; !isOver(); turn += 1) {
          await ask(replica, (turn % 2) + 1);
          await new Promise((resolve) => {
            setTimeout(resolve, 100);
          });
        }
      });
      const killer = (async () => {
        for (let turn = 0; !isOver(); turn += 1) {
          const victim = mortals[turn % 2];
          await new Promise((resolve) => {
            setTimeout(resolve, 500 + Math.random() * 1000);
          });
          await victim?.kill();
          await victim?.restart();
        }
      })();
      let changes = 0;
      const world = (async () => {
        while (!isOver()) {
          changes += 1;
          runPod.stock.set(L4, PLACE, changes % 2 === 1 ? inStock('High') : NOTHING);
          // The stock changes again only after the subscriber has received the previous change.
          await expect.poll(() => subscriber.changes.length, { timeout: 20_000 }).toBe(changes);
        }
      })();
      await Promise.all([...clients, killer, world]);

      expect(wrong).toEqual([]);
      expect(answers).toBeGreaterThan(SECONDS);
      expect(runPod.mostInFlight()).toBeLessThanOrEqual(3);
      const kinds = Array.from({ length: changes }, (_, index) => (index % 2 === 0 ? 'APPEARED' : 'DISAPPEARED'));
      expect(subscriber.changes.map(({ kind }) => kind)).toEqual(kinds);
      expect(new Set(subscriber.changes.map(({ id }) => id)).size).toBe(changes);
      // No replica has requested this pod size before, so the query needs slots for all its cells. If killed replicas had kept slots, the
      // query would take too long.
      const { gpuAvailability } = await witness.ask(MATRIX, { gpuCount: 3 });
      expect(gpuAvailability.coverage).toEqual({ complete: true });
      for (const replica of replicas) expect(replica.errors()).toBe('');
      process.stdout.write(`${changes} changes, ${answers} answers, 0 wrong cells in ${SECONDS} s\n`);
      subscriber.leave();
    },
    (SECONDS + 60) * 1000,
  );
});
