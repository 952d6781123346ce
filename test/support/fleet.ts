import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { start } from './start.ts';
import { overSse, type Subscriber } from './subscribers.ts';

/** How long a query is sent again and again while the replica refuses it because the machine is busy, in milliseconds. */
const BUSY_MS = 30_000;
/** The pause before a refused query is sent again, in milliseconds. */
const PAUSE_MS = 200;

/** Starts a replica as a process. The replica can be killed and started again at the same address. */
export async function startReplica(env: Record<string, string>) {
  let running = start(env);
  const url = await running.ready;
  const port = new URL(url).port;

  return {
    url,
    /**
     * Sends a query, and repeats it for up to `BUSY_MS` while the replica refuses it because the machine is busy. Resolves to the data of
     * the answer, and rejects if the answer has errors.
     */
    async ask(query: string, variables: Record<string, unknown> = {}) {
      const giveUpAt = performance.now() + BUSY_MS;
      for (;;) {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query, variables }),
        });
        const { data, errors } = await response.json();
        if (errors === undefined) return data;
        const isBusy = errors[0].extensions?.code === 'OVERLOADED' && performance.now() < giveUpAt;
        if (!isBusy) throw new Error(JSON.stringify(errors));
        await wait(PAUSE_MS);
      }
    },
    async metric(name: string): Promise<number> {
      const body = await (await fetch(new URL('/metrics', url))).text();
      return Number(
        body
          .split('\n')
          .find((line) => line.startsWith(`${name} `))
          ?.split(' ')
          .at(-1),
      );
    },
    logged: () => running.lines.join('\n'),
    errors: () => running.stderr.join(''),
    signal: (signal: NodeJS.Signals) => running.gateway.kill(signal),
    async kill(): Promise<void> {
      running.gateway.kill('SIGKILL');
      await running.exit;
    },
    async restart(): Promise<void> {
      running = start({ ...env, PORT: port });
      await running.ready;
    },
    get exit() {
      return running.exit;
    },
  };
}

/**
 * Subscribes at each replica to the changes of a GPU type. Resolves when each replica has the subscription and has answered a query for
 * that GPU type.
 */
export async function subscribeAtEach(replicas: readonly Replica[], gpuType: string): Promise<readonly Subscriber[]> {
  const query = 'query ($gpuType: String) { gpuAvailability(gpuType: $gpuType) { totalCount } }';
  const subscribers: Subscriber[] = [];
  for (const replica of replicas) {
    const subscriber = overSse(replica.url, { gpuType });
    subscribers.push(subscriber);
    const state = async () => [await replica.metric('gpu_gateway_subscriptions'), subscriber.codes, subscriber.end()];
    await expect.poll(state).toEqual([1, [], undefined]);
    await replica.ask(query, { gpuType });
  }
  return subscribers;
}

type Replica = Awaited<ReturnType<typeof startReplica>>;

/** Starts replicas with the same settings. */
export const startReplicas = (count: number, env: Record<string, string>) =>
  Promise.all(Array.from({ length: count }, () => startReplica(env)));
