import { describe, expect, it } from 'vitest';
import { createBudgetedClient } from '../src/upstream/client-budget.ts';
import { createClients } from '../src/upstream/clients.ts';

/** A client that may cause three requests a minute, and its clock. */
function createClient() {
  let nowMs = 1000;
  const client = createBudgetedClient({ perMinute: 3, now: () => nowMs, onRefused() {} });
  return {
    client,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe('the budget of a client', () => {
  it('has so many requests in any sixty seconds, and says when the next one is free', () => {
    const { client, pass } = createClient();
    client.reserve(1)?.use();
    pass(20_000);
    client.reserve(1)?.use();
    client.reserve(1)?.use();
    expect([client.reserve(1), client.waitMs()]).toEqual([null, 40_000]);
    pass(40_000);
    expect(client.waitMs()).toBe(0);
    client.reserve(1)?.use();
    expect([client.reserve(1), client.waitMs()]).toEqual([null, 20_000]);
  });

  it('counts a request from when it is made, not from when it began to wait', () => {
    const { client, pass } = createClient();
    const waiting = client.reserve(3);
    pass(59_000);
    expect(client.waitMs()).toBeGreaterThan(0);
    waiting?.use();
    pass(59_000);
    expect(client.waitMs()).toBe(1000);
  });

  it('gets back what was reserved and not made, once', () => {
    const { client } = createClient();
    const dropped = client.reserve(3);
    dropped?.release();
    dropped?.release();
    expect(client.reserve(4)).toBeNull();
    const made = client.reserve(3);
    made?.use();
    made?.release();
    expect(client.reserve(1)).toBeNull();
  });
});

describe('clients', () => {
  const options = { perMinute: 1, now: () => 0, onRefused() {} };

  it('have a budget each', () => {
    const find = createClients(options);
    find('one').reserve(1)?.use();
    expect(find('one').reserve(1)).toBeNull();
    expect(find('two').reserve(1)).not.toBeNull();
  });

  it('have no limit on this machine, or when there is none', () => {
    const local = createClients(options)(null);
    const free = createClients({ ...options, perMinute: 0 })('one');
    for (const client of [local, free]) {
      client.reserve(1000)?.use();
      expect(client.waitMs()).toBe(0);
    }
  });

  it('are forgotten, the one first that was found longest ago, when there are more than ten thousand', () => {
    const find = createClients(options);
    const [first, second] = [find('first'), find('second')];
    for (let index = 0; index < 9999; index += 1) {
      find(`other ${index}`);
      find('second');
    }
    expect(find('second')).toBe(second);
    expect(find('first')).not.toBe(first);
  });
});
