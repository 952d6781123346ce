import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchPageWake } from '../../../src/board/browser/page-wake.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Opens a fake page that can be hidden. Counts how often `watchPageWake` reports that the page has woken. */
function openPage() {
  const page = Object.assign(new EventTarget(), { hidden: false });
  let wakes = 0;
  watchPageWake(page, () => {
    wakes += 1;
  });
  return {
    wakes: () => wakes,
    setHidden: (hidden: boolean) => {
      page.hidden = hidden;
      page.dispatchEvent(new Event('visibilitychange'));
    },
  };
}

describe('a page', () => {
  it('wakes when it becomes visible after it was hidden for more than a second', () => {
    const { wakes, setHidden } = openPage();
    setHidden(true);
    vi.advanceTimersByTime(1100);
    expect(wakes()).toBe(0);
    setHidden(false);
    expect(wakes()).toBe(1);
  });

  it('does not wake when it was hidden for less than a second', () => {
    const { wakes, setHidden } = openPage();
    setHidden(true);
    vi.advanceTimersByTime(900);
    setHidden(false);
    vi.advanceTimersByTime(60_000);
    expect(wakes()).toBe(0);
  });

  it('wakes when its timers run again after the page was frozen', () => {
    const { wakes } = openPage();
    vi.advanceTimersByTime(3000);
    vi.setSystemTime(Date.now() + 100_000);
    vi.advanceTimersByTime(3000);
    expect(wakes()).toBe(1);
  });

  it('does not wake while it is hidden, although its timers are late', () => {
    const { wakes, setHidden } = openPage();
    setHidden(true);
    vi.setSystemTime(Date.now() + 60_000);
    vi.advanceTimersByTime(1000);
    expect(wakes()).toBe(0);
  });
});
