import { describe, expect, it } from 'vitest';
import { createBells } from '../../../src/board/alerts/bells.ts';
import { createStoredNames, type StoredNames } from '../../../src/board/browser/stored-names.ts';

/** A fake of the storage of one browser: a set of names that every tab shares. Each change notifies the other tabs. */
function createBrowserStorage() {
  const names = new Set<string>();
  const tabs: (() => void)[] = [];
  return {
    openTab(): StoredNames {
      let own = () => {};
      return {
        all: () => [...names],
        set(name, isIn) {
          if (isIn) names.add(name);
          else names.delete(name);
          for (const notify of tabs) if (notify !== own) notify();
        },
        onOtherTab(onChange) {
          own = onChange;
          tabs.push(onChange);
        },
      };
    },
  };
}

describe('bells', () => {
  it('are turned on and off, and stored', () => {
    const browser = createBrowserStorage();
    const bells = createBells(browser.openTab());
    expect(bells.toggle('A')).toBe(true);
    expect(bells.toggle('B')).toBe(true);
    expect(bells.toggle('A')).toBe(false);
    expect([...bells.chosen.value]).toEqual(['B']);
    expect([...createBells(browser.openTab()).chosen.value]).toEqual(['B']);
  });

  it('change in this tab when another tab changes them', () => {
    const browser = createBrowserStorage();
    const [one, two] = [createBells(browser.openTab()), createBells(browser.openTab())];
    one.toggle('A');
    two.toggle('B');
    one.toggle('A');
    expect([...one.chosen.value]).toEqual(['B']);
    expect([...two.chosen.value]).toEqual(['B']);
  });

  it('work in a browser that refuses to store anything', () => {
    const blocked = () => {
      throw new Error('blocked');
    };
    const bells = createBells(createStoredNames(blocked, 'bell:', { addEventListener() {} }));
    expect(bells.toggle('A')).toBe(true);
    expect(bells.chosen.value.has('A')).toBe(true);
  });
});
