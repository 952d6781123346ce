import { describe, expect, it } from 'vitest';
import { createBudgetedClient } from '../src/upstream/request/client-budget.ts';
import { createClients } from '../src/upstream/request/clients.ts';

/** Creates a client that may cause three requests a minute. `pass(ms)` advances the client's clock by `ms` milliseconds. */
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
  it('allows a fixed number of requests in any sixty seconds, and reports when it will allow the next request', () => {
    const { client, pass } = createClient();
    client.reserve(true)?.use();
    pass(20_000);
    client.reserve(true)?.use();
    client.reserve(true)?.use();
    expect([client.reserve(true), client.waitMs()]).toEqual([null, 40_000]);
    pass(40_000);
    expect(client.waitMs()).toBe(0);
    client.reserve(true)?.use();
    expect([client.reserve(true), client.waitMs()]).toEqual([null, 20_000]);
  });

  it('counts a request for the minute after it was sent, and not for the minute after it began to wait', () => {
    const { client, pass } = createClient();
    const waiting = [client.reserve(true), client.reserve(true), client.reserve(true)];
    pass(59_000);
    expect(client.waitMs()).toBeGreaterThan(0);
    for (const reservation of waiting) reservation?.use();
    pass(59_000);
    expect(client.waitMs()).toBe(1000);
  });

  it('gets back each unused reservation once', () => {
    const { client } = createClient();
    const dropped = client.reserve(true);
    dropped?.release();
    dropped?.release();
    const made = client.reserve(true);
    made?.use();
    made?.release();
    expect(client.left(true)).toBe(2);
  });

  it('is never negative, and reports a wait of one minute while waiting requests have reserved all of it', () => {
    const { client } = createClient();
    for (const awaited of [false, false, false, true, true, true]) client.reserve(awaited);
    expect([client.left(false), client.left(true), client.waitMs()]).toEqual([0, 0, 60_000]);
  });

  it('is spent on awaited requests first, even if other requests reserved a part of it earlier', () => {
    const { client } = createClient();
    const optional = [client.reserve(false), client.reserve(false), client.reserve(false)];
    expect(client.reserve(false)).toBeNull();
    const awaited = [client.reserve(true), client.reserve(true)];
    expect(optional.map((reservation) => reservation?.use())).toEqual([true, false, false]);
    expect(awaited.map((reservation) => reservation?.use())).toEqual([true, true]);
    expect([client.left(true), client.reserve(true)]).toEqual([0, null]);
  });
});

describe('clients', () => {
  const options = { perMinute: 1, now: () => 0, onRefused() {} };

  it('have separate budgets', () => {
    const find = createClients(options);
    find('one').reserve(true)?.use();
    expect(find('one').reserve(true)).toBeNull();
    expect(find('two').reserve(true)).not.toBeNull();
  });

  it('have no limit if they are on this machine or if no limit is set', () => {
    const local = createClients(options)(null);
    const free = createClients({ ...options, perMinute: 0 })('one');
    for (const client of [local, free]) {
      for (let request = 0; request < 1000; request += 1) client.reserve(true)?.use();
      expect(client.waitMs()).toBe(0);
    }
  });

  it('are forgotten when there are more than ten thousand, beginning with the client that was inactive for the longest time', () => {
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
