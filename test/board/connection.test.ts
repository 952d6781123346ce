import { signal } from '@preact/signals';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createConnection } from '../../src/board/connection.ts';
import { QueryError } from '../../src/board/gateway/send-query.ts';

afterEach(() => vi.restoreAllMocks());

/** Creates a connection with a client key, and counts the calls of `onOutdated`. */
function openConnection(key: string | null = null) {
  let outdated = 0;
  const connection = createConnection({
    key: signal(key),
    onOutdated: () => {
      outdated += 1;
    },
  });
  return { ...connection, ...connection.track(signal(true)), outdated: () => outdated };
}

const rejectedKey = new QueryError('unauthenticated', 'The gateway requires a key.');

describe('a connection', () => {
  it('shows why the gateway has not answered and when the board retries, until the gateway answers', () => {
    vi.spyOn(Date, 'now').mockReturnValue(1000);
    const connection = openConnection();
    expect(connection.fail(new QueryError('unreachable', 'The gateway cannot be reached.'), 500)).toBe(true);
    expect(connection.outage.value).toEqual({
      message: 'The gateway cannot be reached.',
      cause: 'gateway',
      retryAt: 1500,
    });
    connection.succeed();
    expect(connection.outage.value).toBeNull();
  });

  it('shows the outage of a part until that part can be read or is no longer needed', () => {
    const connection = openConnection();
    const isNeeded = signal(true);
    const other = connection.track(isNeeded);
    other.fail(new QueryError('runpod', 'RunPod does not answer.'), 500);
    connection.succeed();
    expect(connection.outage.value?.cause).toBe('runpod');
    isNeeded.value = false;
    expect(connection.outage.value).toBeNull();
    isNeeded.value = true;
    other.succeed();
    expect(connection.outage.value).toBeNull();
  });

  it.each([
    ['missing', null],
    ['wrong', 'k1'],
  ] as const)('asks the visitor for a key instead of retrying when the key is %s', (problem, key) => {
    const connection = openConnection(key);
    expect(connection.fail(rejectedKey, 500)).toBe(false);
    expect([connection.keyProblem.value, connection.isLive.value, connection.outage.value]).toEqual([
      problem,
      false,
      null,
    ]);
    connection.acceptKey();
    expect(connection.keyProblem.value).toBeNull();
  });

  it('distinguishes a gateway that does not answer from RunPod not answering the gateway', () => {
    const causeOf = (error: unknown) => {
      const connection = openConnection();
      connection.fail(error, 500);
      return connection.outage.value?.cause;
    };
    expect(causeOf(new QueryError('unreachable', 'No.'))).toBe('gateway');
    expect(causeOf(new QueryError('runpod', 'No.'))).toBe('runpod');
    expect(causeOf(new QueryError('failed', 'No.'))).toBe('other');
  });

  it('reports when the gateway serves another version of the page', () => {
    const connection = openConnection();
    connection.fail(new QueryError('failed', 'No.'), 500);
    expect(connection.outdated()).toBe(0);
    connection.fail(new QueryError('outdated', 'Reload the page.'), 500);
    expect(connection.outdated()).toBe(1);
  });

  it('logs an unexpected error and shows a message without its details', () => {
    const log = vi.spyOn(console, 'error').mockReturnValue();
    const connection = openConnection();
    const error = new TypeError('x is undefined');
    connection.fail(error, 500);
    expect(log).toHaveBeenCalledWith(error);
    expect(connection.outage.value?.message).toBe('The page has failed. The browser console shows the details.');
  });
});
