import { describe, expect, it } from 'vitest';
import { type Client, createUnlimitedClient } from '../src/domain/client.ts';
import { chooseRejected, type WaitingTask } from '../src/upstream/request/overflow.ts';

const [busy, other, third] = [createUnlimitedClient(), createUnlimitedClient(), createUnlimitedClient()];

/** Creates a task that counts against the budget of `payer`. The clients in `also` need the result of the task as well. */
const task = (awaited: boolean, payer: Client, ...also: Client[]): WaitingTask => ({
  payer,
  demand: { signal: new AbortController().signal, awaited, clients: [payer, ...also] },
});

const question = (payer: Client, ...also: Client[]) => task(true, payer, ...also);
const renewal = (payer: Client, ...also: Client[]) => task(false, payer, ...also);

describe('a new question (a task that a client waits for) when the queue is full', () => {
  it('displaces the newest renewal of the client with the most renewals, even if this is the only renewal in the queue', () => {
    const [first, second, single] = [renewal(busy), renewal(busy), renewal(other)];
    const questions = [question(third), question(third), question(third)];
    expect(chooseRejected([first, second, single, ...questions], question(third))).toBe(second);
    expect(chooseRejected([...questions, single], question(third))).toBe(single);
    expect(chooseRejected([single, first, second], question(busy))).toBe(second);
  });

  it('displaces no question if no client has more questions than its own client would have', () => {
    const waiting = [question(busy), question(busy), question(other)];
    expect(chooseRejected(waiting, question(busy))).toBeUndefined();
    expect(chooseRejected(waiting, question(other))).toBeUndefined();
    expect(chooseRejected(waiting, question(third))).toBe(waiting[1]);
  });

  it('displaces the newest question of a client that has more questions than its own client would have', () => {
    const waiting = [question(busy), question(other), question(busy), question(busy)];
    expect(chooseRejected(waiting, question(other))).toBe(waiting[3]);
  });
});

describe('a new renewal (a task that no client waits for) when the queue is full', () => {
  it('displaces no question, however many its client has', () => {
    expect(chooseRejected([question(busy), question(busy), question(busy)], renewal(other))).toBeUndefined();
  });

  it('displaces a renewal only of a client with more renewals than its own client would have', () => {
    const waiting = [renewal(busy), renewal(busy), question(other)];
    expect(chooseRejected(waiting, renewal(other))).toBe(waiting[1]);
    expect(chooseRejected(waiting, renewal(busy))).toBeUndefined();
    expect(chooseRejected([renewal(busy), renewal(other)], renewal(third))).toBeUndefined();
  });
});

describe('a displaced task', () => {
  it('is the newest that no other client needs, or else the newest', () => {
    const [alone, shared, single] = [renewal(busy), renewal(busy, other), renewal(other)];
    expect(chooseRejected([alone, shared, single], question(third))).toBe(alone);
    const [older, newer] = [renewal(busy, other), renewal(busy, third)];
    expect(chooseRejected([older, newer, single], question(third))).toBe(newer);
  });

  it('belongs to the client that began to wait first among clients with equally many tasks', () => {
    const [first, second] = [renewal(busy), renewal(other)];
    expect(chooseRejected([first, second], question(third))).toBe(first);
    expect(chooseRejected([second, first], question(third))).toBe(second);
  });
});

it('an empty queue has no task to displace', () => {
  for (const newcomer of [question(busy), renewal(busy)]) expect(chooseRejected([], newcomer)).toBeUndefined();
});
