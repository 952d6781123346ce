import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBoard } from '../support/board.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';

let browser: Browser;
beforeAll(async () => {
  if (hasChromium) browser = await launchChromium();
});
afterAll(() => browser?.close());

describe.skipIf(!hasChromium)('the tooltip', () => {
  it('shows price and pod sizes of the cell under the pointer, and stays when the pointer enters it', async () => {
    await using board = await openBoard(browser);
    await board.loaded();
    const { page } = board;
    const tooltip = page.getByRole('tooltip');
    await board.cell('A100 PCIe', 'CA-MTL-3').hover();
    await tooltip.waitFor();
    expect(await tooltip.innerText()).toMatch(
      /A100 PCIe CA-MTL-3[\s\S]*medium stock[\s\S]*\$1\.64 per GPU hour[\s\S]*1, 2, 3, 4, 5, 6/,
    );
    await tooltip.hover();
    expect(await tooltip.isVisible()).toBe(true);
    await page.getByRole('heading', { level: 1 }).hover();
    await tooltip.waitFor({ state: 'hidden' });
  });

  it('appears with the focus, describes the cell, and is closed by Escape', async () => {
    await using board = await openBoard(browser);
    await board.loaded();
    const { page } = board;
    await board.cell('A100 PCIe', 'CA-MTL-2').focus();
    await page.keyboard.press('ArrowRight');
    const cell = board.cell('A100 PCIe', 'CA-MTL-3');
    expect(await cell.evaluate((element) => element === document.activeElement)).toBe(true);
    const tooltip = page.getByRole('tooltip');
    await tooltip.getByText('CA-MTL-3').waitFor();
    expect(await cell.getAttribute('aria-describedby')).toBe(await tooltip.getAttribute('id'));
    await page.keyboard.press('Escape');
    await tooltip.waitFor({ state: 'hidden' });
  });
});

describe.skipIf(!hasChromium)('the details of a data center', () => {
  it('appear when an arrow key moves the focus to its header, and when the header is clicked', async () => {
    await using board = await openBoard(browser);
    await board.loaded();
    const { page } = board;
    await board.cell('MI300X', 'EU-RO-1').focus();
    await page.keyboard.press('ArrowUp');
    const tooltip = page.getByRole('tooltip');
    await expect
      .poll(() => tooltip.innerText())
      .toMatch(
        /EU-RO-1 Romania[\s\S]*Network volume\s+yes[\s\S]*Global network\s+yes[\s\S]*Certifications\s+not reported/,
      );
    await page.keyboard.press('Escape');
    await tooltip.waitFor({ state: 'hidden' });
    await page.locator('[data-place="EU-RO-1"]').click();
    await tooltip.getByText('Romania').waitFor();
  });
});

describe.skipIf(!hasChromium)('the details of a cell', () => {
  it('contain the list price and the country, but no note about a missing price, if the cell is out of stock', async () => {
    await using board = await openBoard(browser);
    await board.loaded();
    await board.cell('RTX 4090', 'EU-SE-2').focus();
    const facts = await board.page.getByRole('tooltip').innerText();
    expect(facts).toMatch(/no stock[\s\S]*List price\s+\$0\.69 per GPU hour[\s\S]*Location\s+Sweden/);
    expect(facts).not.toContain('no price');
  });
});

describe.skipIf(!hasChromium)('keyboard navigation', () => {
  it('reaches filters, sort buttons, bells and cells', async () => {
    await using board = await openBoard(browser, { path: '/?view=matrix&gpu=h100&all=yes' });
    await board.loaded();
    const { page } = board;
    const focused = () =>
      page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.id ?? '');
    const visited: string[] = [];
    while (!visited.at(-1)?.startsWith('Notify me when') && visited.length < 40) {
      await page.keyboard.press('Tab');
      visited.push(await focused());
    }
    expect(visited).toEqual(expect.arrayContaining(['gpu', 'region', 'manufacturer', 'memory', 'price', 'count']));
    expect(visited.at(-1)).toBe('Notify me when H100 NVL is available');
    await page.keyboard.press('Space');
    expect(await page.locator(':focus').getAttribute('aria-pressed')).toBe('true');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    expect(await focused()).toBe('H100 PCIe in OC-AU-1: no stock');
    await page.keyboard.press('Control+Home');
    expect(await focused()).toBe('Notify me when H100 NVL is available');
    await page.keyboard.press('ArrowRight');
    const cell = await focused();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe(cell);
    await page.getByLabel('Region').selectOption('EUROPE');
    await page.getByRole('columnheader', { name: '$/h' }).getByRole('button').focus();
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Notify me when H100 NVL is available');
  });
});
