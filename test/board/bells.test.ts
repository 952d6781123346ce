import { describe, expect, it } from 'vitest';
import { createBells } from '../../src/board/bells.ts';
import { createStored, type Stored } from '../../src/board/stored.ts';

function storedText(initial: string | null): Stored & { readonly text: () => string | null } {
  let text = initial;
  return {
    text: () => text,
    read: () => text,
    write(next) {
      text = next;
    },
  };
}

describe('bells', () => {
  it('are chosen and let go, and kept', () => {
    const stored = storedText(null);
    const bells = createBells(stored);
    expect(bells.toggle('A')).toBe(true);
    expect(bells.toggle('B')).toBe(true);
    expect(bells.toggle('A')).toBe(false);
    expect([...bells.chosen.value]).toEqual(['B']);
    expect([...createBells(stored).chosen.value]).toEqual(['B']);
  });

  it.each(['', 'no JSON', '{"a":1}', 'null', '[1, null]'])('are none where %j was kept', (text) => {
    expect(createBells(storedText(text)).chosen.value.size).toBe(0);
  });

  it('ring in a browser that keeps nothing', () => {
    const bells = createBells(
      createStored(() => {
        throw new Error('blocked');
      }, 'bells'),
    );
    expect(bells.toggle('A')).toBe(true);
    expect(bells.chosen.value.has('A')).toBe(true);
  });
});
