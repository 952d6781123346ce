import { describe, expect, it } from 'vitest';
import type { Demand } from '../src/domain/catalog.ts';
import { type Client, createUnlimitedClient } from '../src/domain/client.ts';
import { createRotation } from '../src/upstream/request/rotation.ts';
import { WaitingList } from '../src/upstream/request/waiting-list.ts';

const demandOf = (...clients: Client[]): Demand => ({ signal: new AbortController().signal, awaited: true, clients });

describe('the turn of a task', () => {
  const [one, two] = [createUnlimitedClient(), createUnlimitedClient()];

  it('is its arrival until a task of its client has started, and then the time of the last start', () => {
    const rotation = createRotation();
    const [first, second] = [rotation.tick(), rotation.tick()];
    expect(second).toBeGreaterThan(first);
    expect([rotation.turnOf(demandOf(one), first), rotation.turnOf(demandOf(one), second)]).toEqual([first, second]);
    rotation.started(demandOf(one), first);
    const turn = rotation.turnOf(demandOf(one), second);
    expect(turn).toBeGreaterThan(second);
    expect(rotation.turnOf(demandOf(two), second)).toBe(second);
    rotation.started(demandOf(one), second);
    expect(rotation.turnOf(demandOf(one), second)).toBeGreaterThan(turn);
  });

  it('is the lowest turn of its clients, whichever of them comes first', () => {
    const rotation = createRotation();
    rotation.started(demandOf(one), rotation.tick());
    const arrival = rotation.tick();
    rotation.started(demandOf(two), arrival);
    const lowest = rotation.turnOf(demandOf(one), arrival);
    expect(lowest).toBeLessThan(rotation.turnOf(demandOf(two), arrival));
    for (const clients of [
      [one, two],
      [two, one],
    ]) {
      expect(rotation.turnOf(demandOf(...clients), arrival)).toBe(lowest);
    }
  });

  it('comes after all others if no client needs the task any more', () => {
    const rotation = createRotation();
    rotation.started(demandOf(), rotation.tick());
    expect(rotation.turnOf(demandOf(), rotation.tick())).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('the start of a task of several clients', () => {
  it('counts for the client that was served longest ago, and for the first of equal clients', () => {
    const [one, two] = [createUnlimitedClient(), createUnlimitedClient()];
    const rotation = createRotation();
    const arrival = rotation.tick();
    rotation.started(demandOf(one, two), arrival);
    const firstTurn = rotation.turnOf(demandOf(one), arrival);
    expect([firstTurn > arrival, rotation.turnOf(demandOf(two), arrival)]).toEqual([true, arrival]);
    rotation.started(demandOf(one, two), arrival);
    expect(rotation.turnOf(demandOf(one), arrival)).toBe(firstTurn);
    expect(rotation.turnOf(demandOf(two), arrival)).toBeGreaterThan(firstTurn);
  });
});

describe('a waiting list', () => {
  it('adds entries at either end, and removes an entry wherever it is', () => {
    const list = new WaitingList<string>();
    list.add('b', 'back');
    list.add('c', 'back');
    list.add('a', 'front');
    expect(list.entries).toEqual(['a', 'b', 'c']);
    list.remove('b');
    expect(list.entries).toEqual(['a', 'c']);
    list.remove('a');
    expect(list.entries).toEqual(['c']);
  });

  it('does not change when an absent entry is removed', () => {
    const list = new WaitingList<string>();
    list.add('a', 'back');
    list.remove('b');
    expect(list.entries).toEqual(['a']);
  });
});
