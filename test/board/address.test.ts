import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import { createAddress } from '../../src/board/address.ts';
import { DEFAULT_FILTERS } from '../../src/board/view/filters.ts';
import { createViews, viewIn } from '../../src/board/views.ts';

/** A window with an address and a history. */
function createFakePage(search: string) {
  const entries = [search];
  let position = 0;
  let onPop = () => {};
  const read = (url: string) => (url.startsWith('?') ? url : '');
  const page = {
    location: {
      pathname: '/',
      get search() {
        return entries[position] ?? '';
      },
    },
    history: {
      pushState(_data: unknown, _title: string, url: string) {
        entries.splice(position + 1);
        position = entries.push(read(url)) - 1;
      },
      replaceState(_data: unknown, _title: string, url: string) {
        entries[position] = read(url);
      },
    },
    addEventListener(_type: string, listener: () => void) {
      onPop = listener;
    },
  };
  const back = () => {
    position -= 1;
    onPop();
  };
  // The fake functions lack the overloads of the real ones, which `createAddress` does not use. So the fake needs a type assertion.
  return { page: page as unknown as Window, entries, back };
}

describe('the address of the page', () => {
  it('adds a history entry only for a pushed value that is new, and follows the Back button', () => {
    const { page, entries, back } = createFakePage('');
    const address = createAddress(page);
    address.push('?gpu=a');
    address.push('?gpu=a');
    address.replace('?gpu=ab');
    address.push('');
    expect(entries).toEqual(['', '?gpu=ab', '']);
    back();
    expect(address.search.value).toBe('?gpu=ab');
  });
});

describe('the views of the page', () => {
  it('are in the address, and finding pods is the default', () => {
    expect(['', '?view=matrix&gpu=a', '?view=list'].map(viewIn)).toEqual(['find', 'matrix', 'find']);
  });

  it('remember what the visitor has chosen in each of them', () => {
    const { page } = createFakePage('?gpu=a100');
    const address = createAddress(page);
    const views = createViews({ address, filters: signal({ ...DEFAULT_FILTERS, gpu: 'l4' }) });
    views.show('matrix');
    expect(address.search.value).toBe('?view=matrix&gpu=l4');
    views.show('find');
    expect([address.search.value, views.shown.value]).toEqual(['?gpu=a100', 'find']);
  });
});
