import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBoard } from '../support/board.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';

let browser: Browser;
beforeAll(async () => {
  if (hasChromium) browser = await launchChromium();
});
afterAll(() => browser?.close());

/** Returns the id of the element with the focus, or its tag if it has no id. */
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.id || document.activeElement?.tagName.toLowerCase());

describe.skipIf(!hasChromium)('the focus, when the button that had it disappears,', () => {
  it('moves to the list of pods after "Clear all needs"', async () => {
    await using board = await openBoard(browser, { path: '/?gpu=abacus' });
    const { page } = board;
    await page.getByText('One of the needs is not valid.').waitFor();
    await page.getByRole('button', { name: 'Clear all needs' }).press('Enter');
    await page.getByRole('heading', { name: '79 pods available' }).waitFor();
    expect(await focused(page)).toBe('pods');
  });

  it('moves to the number of GPU types in stock after "Clear filters", and after a filter that hides every row is dropped', async () => {
    await using board = await openBoard(browser, { path: '/?view=matrix&gpu=mi300x' });
    const { page } = board;
    await board.loaded();
    await page.getByRole('button', { name: 'Clear filters' }).press('Enter');
    await page.getByText('25 of 41 GPU types').waitFor();
    expect(await focused(page)).toBe('stock');
    await page.getByLabel('$ per GPU hour, at most').fill('0');
    await page.getByRole('button', { name: 'Also more than $0.00 per GPU hour' }).press('Enter');
    await page.getByText('25 of 41 GPU types').waitFor();
    expect(await focused(page)).toBe('stock');
  });

  it('stays in the form after a wrong client key, and moves to the main part of the page after the right one', async () => {
    await using board = await openBoard(browser, { env: { CLIENT_API_KEYS: 'k1' } });
    const { page } = board;
    const field = page.getByLabel('This gateway requires a client key');
    await field.fill('k2');
    await page.keyboard.press('Enter');
    await page.getByText('The gateway rejected that key. Enter another one.').waitFor();
    expect(await focused(page)).toBe('key');
    await field.fill('k1');
    await page.getByRole('button', { name: 'Use key' }).press('Enter');
    await board.loaded();
    expect(await focused(page)).toBe('main');
  });

  it('moves to the main part of the page after "Try now" has reached the gateway', async () => {
    await using board = await openBoard(browser);
    const { page } = board;
    await board.loaded();
    await board.gateway.stop();
    await page.getByRole('button', { name: 'Refresh' }).click();
    const tryNow = page.getByRole('button', { name: 'Try now' });
    const attempt = page.waitForEvent('requestfailed');
    await tryNow.press('Enter');
    await attempt;
    expect(await tryNow.evaluate((button) => button === document.activeElement)).toBe(true);
    await board.gateway.startAgain();
    await page.keyboard.press('Enter');
    await tryNow.waitFor({ state: 'detached' });
    expect(await focused(page)).toBe('main');
  });

  it('moves to the last pod of the old list when the list becomes longer, so that Tab leads to the first added pod', async () => {
    await using board = await openBoard(browser, { path: '/?show=50' });
    const { page } = board;
    await page.getByRole('button', { name: 'Show 79 of 79 pods' }).press('Enter');
    await expect.poll(() => page.locator('.option').count()).toBe(79);
    await page.keyboard.press('Tab');
    expect(await page.locator('.option').nth(50).locator(':focus').count()).toBe(1);
  });
});

describe.skipIf(!hasChromium)('the title of the list of pods', () => {
  it('is read out by an element that stays while the list changes', async () => {
    await using board = await openBoard(browser, { path: '/?gpu=4090' });
    const { page } = board;
    const spoken = await page.waitForSelector('.found [role="status"]');
    const text = () => spoken.textContent();
    await expect.poll(text).toMatch(/\d+ pods meet all needs/);
    const gpu = page.getByLabel('GPU', { exact: true });
    await gpu.fill('abacus');
    await page.getByText('One of the needs is not valid.').waitFor();
    // The screen reader announces the error message at the field, so the status element must be empty.
    await expect.poll(text).toBe('');
    await gpu.fill('');
    await expect.poll(text).toBe('79 pods available');
  });
});

describe.skipIf(!hasChromium)('the form', () => {
  it('can be scrolled to its end in a low window', async () => {
    await using board = await openBoard(browser, {
      path: '/?volume=yes',
      context: { viewport: { width: 1200, height: 360 } },
    });
    const { page } = board;
    await page.getByRole('heading', { name: /pods/ }).waitFor();
    const clear = page.getByRole('button', { name: 'Clear all needs' });
    await page.locator('.needs').hover();
    await expect
      .poll(async () => {
        // Scrolls repeatedly, because a wheel event may have no effect while the browser lays out the page.
        await page.mouse.wheel(0, 2000);
        return clear.evaluate((button) => button.getBoundingClientRect().bottom <= innerHeight);
      })
      .toBe(true);
    const box = await page.locator('.needs').boundingBox();
    expect(box?.height).toBeLessThanOrEqual(360);
  });
});
