import { describe, expect, it } from 'vitest';
import { type Client, createUnlimitedClient, mayAsk, maySpare, refusalOf, reserve } from '../src/domain/client.ts';
import { createBudgetedClient } from '../src/upstream/request/client-budget.ts';

/** Creates a client that may cause `perMinute` requests a minute, and caused `used` of them at `usedAt`. Its clock now shows 1000 ms. */
function createClient(perMinute: number, used: number, usedAt = 1000) {
  const state = { now: usedAt, refusals: 0 };
  const client = createBudgetedClient({
    perMinute,
    now: () => state.now,
    onRefused() {
      state.refusals += 1;
    },
  });
  for (let request = 0; request < used; request += 1) client.reserve(true)?.use();
  state.now = 1000;
  return { client, refusals: () => state.refusals };
}

const awaited = (...clients: readonly Client[]) => ({ clients, awaited: true });

describe('a request that several clients need', () => {
  it('may be sent if one of them has budget left', () => {
    const [spent, free] = [createClient(2, 2).client, createClient(2, 1).client];
    expect(mayAsk(awaited(spent, free))).toBe(true);
    expect(mayAsk(awaited(spent))).toBe(false);
    expect(mayAsk(awaited())).toBe(false);
    expect(refusalOf(awaited(spent, free))).toBeNull();
  });

  it('is paid by the first of them that has budget left', () => {
    const [spent, first, second] = [createClient(2, 2).client, createClient(2, 0).client, createClient(2, 0).client];
    const reservation = reserve(awaited(spent, first, second));
    expect(reservation.payer).toBe(first);
    expect([first.left(true), second.left(true)]).toEqual([1, 2]);
    reservation.release();
    expect(first.left(true)).toBe(2);
  });

  it('is refused with the limit and waiting time of the client that may ask again first; the refusal counts for this client', () => {
    const [late, soon] = [createClient(2, 2, 900), createClient(3, 3, -29_000)];
    const both = awaited(late.client, soon.client);
    const message = /^No request .* caused 3 requests .* Try again in 30 s\.$/;
    expect(refusalOf(both)?.message).toMatch(message);
    expect(() => reserve(both)).toThrow(message);
    expect(() => reserve(awaited(soon.client, late.client))).toThrow(message);
    expect([late.refusals(), soon.refusals()]).toEqual([0, 3]);
  });

  it('is refused if no client needs it any more', () => {
    expect(() => reserve(awaited())).toThrow(/caused 0 requests .* Try again in 1 s\.$/);
  });
});

it('an optional request may be sent only if a client has at least half of its budget left', () => {
  const [half, less] = [createClient(4, 2).client, createClient(4, 3).client];
  expect(maySpare({ clients: [half] })).toBe(true);
  expect(maySpare({ clients: [less] })).toBe(false);
  expect(maySpare({ clients: [less, half] })).toBe(true);
  expect(maySpare({ clients: [createUnlimitedClient()] })).toBe(true);
});

it('a client without a limit may always ask at once', () => {
  const client = createUnlimitedClient();
  for (let request = 0; request < 100; request += 1) expect(reserve(awaited(client)).use()).toBe(true);
  client.refused();
  expect([client.left(true), client.perMinute, client.waitMs()]).toEqual([
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    0,
  ]);
});
