import { describe, expect, it } from 'vitest';
import { createMemoryStore, MAX_KEYS } from '../src/cache/store.ts';

const KEPT = { value: 'a value', askedAt: 0, observedAt: new Date(0).toISOString() };
const FOREVER = { freshMs: Number.POSITIVE_INFINITY, goodMs: Number.POSITIVE_INFINITY };

describe('a store in memory', () => {
  it('forgets the value that was used longest ago when there are too many values', async () => {
    const store = createMemoryStore();
    for (const key of ['used', 'unused']) await store.set(key, KEPT, FOREVER);
    for (let count = 0; count < MAX_KEYS - 1; count += 1) {
      store.peek('used');
      await store.set(`key ${count}`, KEPT, FOREVER);
    }
    expect([store.peek('used'), store.peek('unused')]).toEqual([KEPT, undefined]);
  });

  it('forgets a value when it is too old to be served', async () => {
    const store = createMemoryStore();
    await store.set('short', KEPT, { freshMs: 1, goodMs: 20 });
    await store.set('long', KEPT, { freshMs: 1, goodMs: 60_000 });
    await expect.poll(() => store.peek('short')).toBeUndefined();
    expect(await store.get('long')).toBe(KEPT);
  });
});
