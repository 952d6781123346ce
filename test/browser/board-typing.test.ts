import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBoard } from '../support/board.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';

let browser: Browser;
beforeAll(async () => {
  if (hasChromium) browser = await launchChromium();
});
afterAll(() => browser?.close());

const searchOf = (page: Page) => new URL(page.url()).search;

describe.skipIf(!hasChromium)('typing what is needed', () => {
  it('keeps a space when the visitor pauses after it, and Back still replaces the text', async () => {
    await using board = await openBoard(browser, { path: '/' });
    const { page } = board;
    const field = page.getByLabel('GPU', { exact: true });
    await field.pressSequentially('RTX');
    await expect.poll(() => searchOf(page)).toBe('?gpu=RTX');
    await field.press('Space');
    await page.waitForTimeout(500);
    expect(await field.inputValue()).toBe('RTX ');
    await field.pressSequentially('4090');
    await expect.poll(() => searchOf(page)).toBe('?gpu=RTX+4090');
    await page.goBack();
    await expect.poll(() => field.inputValue()).toBe('');
  });

  it('keeps the choice of memory per pod, even while no amount is entered', async () => {
    await using board = await openBoard(browser, { path: '/' });
    const { page } = board;
    const field = page.getByLabel('Memory in GB, at least');
    const unit = page.getByLabel('Memory of');
    await unit.selectOption('per pod');
    await field.pressSequentially('160');
    await expect.poll(() => searchOf(page)).toBe('?podmemory=160');
    await field.fill('');
    await expect.poll(() => searchOf(page)).toBe('?podmemory=');
    await field.pressSequentially('320');
    await expect.poll(() => searchOf(page)).toBe('?podmemory=320');
    expect(await unit.inputValue()).toBe('pod');
  });
});
