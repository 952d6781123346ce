import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import type { Address } from '../../../src/board/address.ts';
import { createFind, type Placement } from '../../../src/board/find/find.ts';
import { QueryError, type SendQuery } from '../../../src/board/gateway/send-query.ts';
import type { Lists } from '../../../src/board/state/lists.ts';

const LISTS: Lists = {
  gpuTypes: [],
  dataCenters: [],
  upstream: { source: 'RUNPOD_GRAPHQL', health: 'UP', recordedAt: null },
};

const placement = (change: Partial<Placement> = {}): Placement => ({
  totalCount: 0,
  options: [],
  excluded: [],
  relaxations: [],
  coverage: { expected: 0, observed: 0, failures: [] },
  freshness: { observedAt: '2026-01-01T00:00:00Z', stale: false },
  ...change,
});

/** A fake of the page's address. It records each change, and whether the change was made by `push` or by `replace`. */
function createFakeAddress(initial: string) {
  const search = signal(initial);
  const changes: string[] = [];
  const write = (how: string) => (next: string) => {
    changes.push(`${how} ${next}`);
    search.value = next;
  };
  const address: Address = { search, push: write('push'), replace: write('replace') };
  return { address, changes };
}

/** Creates the view that finds pods, with a fake gateway that responds with `answer`. */
function openFind(answer: (withDetails: boolean) => Placement = () => placement(), search = '') {
  const { address, changes } = createFakeAddress(search);
  const lists = signal<Lists | null>(LISTS);
  const sent: { readonly withDetails: boolean }[] = [];
  const sendQuery = (async (_document: unknown, variables: { readonly withDetails: boolean }) => {
    sent.push(variables);
    return { placement: answer(variables.withDetails) };
  }) as SendQuery;
  const find = createFind({ address, search: address.search, lists, sendQuery, now: () => 1000 });
  return { find, address, changes, lists, sent, read: () => find.read(new AbortController().signal) };
}

describe('the view that finds pods', () => {
  it('asks nothing before the lists have arrived', async () => {
    const { find, lists, sent, read } = openFind();
    lists.value = null;
    await read();
    expect([find.question.value, sent]).toEqual([null, []]);
  });

  it('shows the answer, and asks again when the form changes, but not when new lists change nothing', async () => {
    const { find, lists, read } = openFind(() => placement(), '?count=8');
    expect(find.isAsking.value).toBe(true);
    await read();
    expect(find.answer.value).toMatchObject({ question: { needs: { gpuCount: 8 } }, arrivedAt: 1000 });
    lists.value = { ...LISTS };
    expect(find.isAsking.value).toBe(false);
    find.change({ count: '4' });
    expect(find.isAsking.value).toBe(true);
  });

  it('asks for details only while the answer contains a reason that the visitor has opened', async () => {
    let excluded: Placement['excluded'] = [{ reason: 'OUT_OF_STOCK' }];
    const { find, sent, read } = openFind(() => placement({ excluded }));
    await read();
    find.openReasons.value = new Set(['OUT_OF_STOCK']);
    await read();
    expect(find.answer.value?.hasDetails).toBe(true);
    excluded = [{ reason: 'NO_PRICE' }];
    await read();
    await read();
    expect(sent.map(({ withDetails }) => withDetails)).toEqual([false, true, true, false]);
  });

  it('ends a read as aborted when its answer leads to a new read', async () => {
    const { find } = openFind(() => placement({ excluded: [{ reason: 'NO_PRICE' }] }));
    const aborting = new AbortController();
    find.openReasons.value = new Set(['NO_PRICE']);
    find.needsDetails.subscribe((isNeeded) => {
      if (isNeeded) aborting.abort(new Error('stopped'));
    });
    await expect(find.read(aborting.signal)).rejects.toThrow('stopped');
    expect(find.answer.value?.placement.excluded).toHaveLength(1);
  });

  it('shows what is wrong with a question until the question changes', async () => {
    const { find, read } = openFind(() => {
      throw new QueryError('invalid', 'gpuCount is 99; it must be from 1 to 16.');
    }, '?count=99');
    await read();
    expect(find.problem.value?.field).toBe('count');
    expect(find.isAsking.value).toBe(false);
    find.change({ count: '8' });
    expect(find.problem.value).toBeNull();
  });

  it('does not repeat a question that the gateway has rejected, even if it was fetching newer observations before', async () => {
    let isValid = true;
    const { find, sent, read } = openFind(() => {
      if (!isValid) throw new QueryError('invalid', 'gpuCount is 99; it must be from 1 to 16.');
      return placement({ freshness: { observedAt: null, stale: true } });
    });
    await read();
    isValid = false;
    find.change({ count: '99' });
    await read();
    await read();
    expect([sent.length, find.nextReadInMs()]).toEqual([2, 20_000]);
    isValid = true;
    find.change({ count: '8' });
    expect(find.nextReadInMs()).toBeLessThanOrEqual(1000);
    await read();
    expect(sent).toHaveLength(3);
  });

  it('asks without details after the gateway has rejected the response as too large with them', async () => {
    const { find, sent, read } = openFind((withDetails) => {
      if (withDetails) throw new QueryError('invalid', 'The response could take 99 bytes; the limit is 9.');
      return placement({ excluded: [{ reason: 'OUT_OF_STOCK' }] });
    });
    await read();
    find.openReasons.value = new Set(['OUT_OF_STOCK']);
    await read();
    expect([find.problem.value, find.openReasons.value.size]).toEqual([null, 0]);
    await read();
    expect(sent).toMatchObject([{ withDetails: false }, { withDetails: true }, { withDetails: false }]);
  });

  it('fails when the gateway does not answer', async () => {
    const { read } = openFind(() => {
      throw new QueryError('unreachable', 'The gateway cannot be reached.');
    });
    await expect(read()).rejects.toThrow('cannot be reached');
  });

  it('writes everything that is typed into a field in one go as a single entry of the browser history', () => {
    const { find, address, changes } = openFind();
    const since = find.change({ gpu: 'a' });
    find.change({ gpu: 'a1' }, since);
    expect(changes).toEqual(['push ?gpu=a', 'replace ?gpu=a1']);
    address.push('');
    find.change({ gpu: 'b' }, '?gpu=a1');
    expect(changes.at(-1)).toBe('push ?gpu=b');
  });

  it('lists the initial number of pods again when the needs change, but not when the order changes', () => {
    const { find, changes } = openFind(undefined, '?show=50&gpu=a');
    find.change({ prefer: 'LIKELIEST' });
    expect(changes.at(-1)).toBe('push ?gpu=a&order=likeliest&show=50');
    find.change({ gpu: 'b' });
    expect(changes.at(-1)).toBe('push ?gpu=b&order=likeliest');
    find.change({ first: 200 });
    expect(changes.at(-1)).toBe('push ?gpu=b&order=likeliest&show=200');
  });

  it('asks again soon while the gateway is fetching newer observations, and less often when nothing changes', async () => {
    let isStale = true;
    const { find, read } = openFind(() => placement({ freshness: { observedAt: null, stale: isStale } }));
    await read();
    expect(find.nextReadInMs()).toBeLessThanOrEqual(1000);
    await read();
    await read();
    expect(find.nextReadInMs()).toBeGreaterThan(2000);
    isStale = false;
    await read();
    expect(find.nextReadInMs()).toBe(20_000);
  });
});
