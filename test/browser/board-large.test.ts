import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleCell, sampleDataCenter, sampleGpuType, sampleLists } from '../board/sample-cells.ts';
import { openBoard } from '../support/board.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';

let browser: Browser;
beforeAll(async () => {
  if (hasChromium) browser = await launchChromium();
});
afterAll(() => browser?.close());

const GPU_TYPES = Array.from({ length: 100 }, (_, index) => sampleGpuType(`GPU ${String(index).padStart(3, '0')}`));
const DATA_CENTERS = Array.from({ length: 100 }, (_, index) =>
  sampleDataCenter(`EU-${String(index).padStart(3, '0')}`),
);

/** Answers the queries of the page for 100 GPU types in 100 data centers. Every cell is in stock. */
async function answerForLargeTable(page: Page): Promise<void> {
  await page.route('**/graphql', async (route) => {
    const { variables } = JSON.parse(route.request().postData() ?? '{}');
    const ids: readonly string[] | undefined = variables.gpuTypeIds;
    if (Object.keys(variables).length === 0)
      await route.fulfill({ json: { data: sampleLists(GPU_TYPES, DATA_CENTERS) } });
    else if (ids === undefined) await route.abort();
    else {
      const nodes = ids.flatMap((id) => DATA_CENTERS.map((dataCenter) => sampleCell(id, dataCenter.id, 1)));
      await route.fulfill({ json: { data: { gpuAvailability: { nodes, coverage: { failures: [] } } } } });
    }
  });
}

describe.skipIf(!hasChromium)('a matrix of 10,000 cells', () => {
  it('is drawn only around the visible part, and can be scrolled, and navigated with the keyboard', async () => {
    await using board = await openBoard(browser, { path: '/' });
    const { page } = board;
    await answerForLargeTable(page);
    await page.goto(`${board.gateway.url}/?view=matrix`);
    await page.getByText('100 of 100 GPU types and 100 of 100 data centers in stock').waitFor();
    await board.loaded();
    const drawn = () => page.locator('td.cell').count();
    await expect.poll(() => page.locator('tbody tr').count()).toBe(100);
    expect(await drawn()).toBeLessThan(5000);

    await page.locator('.scroll').evaluate((box) => box.scrollTo(box.scrollWidth, box.scrollHeight));
    await board.cell('GPU 099', 'EU-099').waitFor();
    expect(await drawn()).toBeLessThan(5000);

    await board.cell('GPU 099', 'EU-099').focus();
    await page.keyboard.press('Control+Home');
    const labelOf = () => page.locator(':focus').getAttribute('aria-label');
    await expect.poll(labelOf).toMatch(/^Notify me when GPU \d+ is available$/);
    await page.keyboard.press('ArrowRight');
    await expect.poll(labelOf).toMatch(/^GPU \d+ in EU-000: low stock$/);
    const first = await labelOf();
    await page.locator('.scroll').evaluate((box) => box.scrollTo(box.scrollWidth, box.scrollHeight));
    await board.cell('GPU 099', 'EU-099').waitFor();
    // The cell with the focus is now far out of sight, but keeps the focus.
    expect(await labelOf()).toBe(first);
    await page.keyboard.press('ArrowDown');
    await expect.poll(labelOf).toMatch(/^GPU \d+ in EU-000: low stock$/);
    expect(await labelOf()).not.toBe(first);
  });
});
