import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBoard } from '../support/board.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';

let browser: Browser;
beforeAll(async () => {
  if (hasChromium) browser = await launchChromium();
});
afterAll(() => browser?.close());

const bell = (page: Page, gpuType: string) =>
  page.getByRole('button', { name: `Tell me when ${gpuType} appears`, exact: true });

describe.skipIf(!hasChromium)('bells of two tabs', () => {
  it('are shown in both, and neither tab overwrites those of the other', async () => {
    await using board = await openBoard(browser);
    const other = await board.openTab();
    await bell(board.page, 'MI300X').click();
    await bell(other, 'RTX 5000 Ada').click();
    for (const page of [board.page, other]) {
      await bell(page, 'MI300X').and(page.locator('[aria-pressed=true]')).waitFor();
      await bell(page, 'RTX 5000 Ada').and(page.locator('[aria-pressed=true]')).waitFor();
    }
    await other.reload();
    await bell(other, 'MI300X').waitFor();
    expect(await other.locator('.bell[aria-pressed=true]').count()).toBe(2);
  });
});
