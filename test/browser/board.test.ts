import { text } from 'node:stream/consumers';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBoard } from '../support/board.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { answerWith, startFakeRunPod } from '../support/fake-runpod.ts';

let browser: Browser;
beforeAll(async () => {
  if (hasChromium) browser = await launchChromium();
});
afterAll(() => browser?.close());

const PHONE = { width: 360, height: 740 };

/** Settings of a gateway whose source is the fake RunPod at `url`. */
const live = (url: string) => ({ UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: url, UPSTREAM_RETRIES: '0' });

/** Whether the window shows the whole element. Runs in the page. */
function isInWindow(element: Element): boolean {
  const { top, right, bottom, left } = element.getBoundingClientRect();
  return top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
}

const searchOf = (page: Page) => new URL(page.url()).search;

describe.skipIf(!hasChromium)('the matrix', () => {
  it('shows every GPU type in every data center, grouped by region, and loads nothing from other hosts', async () => {
    await using board = await openBoard(browser);
    await board.loaded();
    const { page } = board;
    await expect.poll(() => page.locator('tbody tr').count()).toBe(41);
    await expect.poll(() => page.locator('thead th[scope=col].place').count()).toBe(39);
    expect(await page.locator('thead th[scope=colgroup]').allInnerTexts()).toEqual([
      'North America',
      'Europe',
      'Asia',
      'Oceania',
    ]);
    expect(await board.cell('H200 SXM', 'US-NC-1').innerText()).toBe('H');
    expect(await board.cell('A40', 'EU-SE-1').innerText()).toBe('M');
    expect(await board.cell('MI300X', 'EU-RO-1').innerText()).toBe('L');
    expect(await board.cell('MI300X', 'EU-CZ-1').innerText()).toBe('·');
    expect([board.foreignRequests, board.consoleErrors]).toEqual([[], []]);
  });

  it('hides GPU types and data centers without stock until the visitor asks for them', async () => {
    await using board = await openBoard(browser, { path: '/?view=matrix' });
    await board.loaded();
    const { page } = board;
    await page.getByText('25 of 41 GPU types and 28 of 39 data centers in stock').waitFor();
    const size = async () => [await page.locator('tbody tr').count(), await page.locator('th.place').count()];
    expect(await size()).toEqual([25, 28]);
    await page.getByLabel('Show the others too').check();
    await expect.poll(size).toEqual([41, 39]);
    await expect.poll(() => searchOf(page)).toBe('?view=matrix&all=yes');
  });

  it('names the country of each data center, and counts the cells in stock of each row and column', async () => {
    await using board = await openBoard(browser, { path: '/?view=matrix' });
    await board.loaded();
    const { page } = board;
    expect(await page.locator('[data-place="EU-RO-1"]').textContent()).toBe('Romania EU-RO-19 in stock');
    expect(await page.locator('tbody tr', { hasText: 'B200' }).locator('td.total').innerText()).toBe('4');
  });

  it('highlights the row and the column of the cell under the pointer or with the focus', async () => {
    await using board = await openBoard(browser);
    await board.loaded();
    const { page } = board;
    const crossed = async () => [
      await page
        .locator('tr.crossed .gpu-name')
        .evaluateAll((names) => names.map((name) => name.firstChild?.textContent)),
      await page.locator('th.crossed [data-place]').evaluateAll((names) => names.map((name) => name.dataset['place'])),
      await page.locator('col.crossed').count(),
    ];
    await board.cell('MI300X', 'EU-RO-1').hover();
    expect(await crossed()).toEqual([['MI300X'], ['EU-RO-1'], 1]);
    await board.cell('B200', 'EU-FR-1').focus();
    expect(await crossed()).toEqual([['B200'], ['EU-FR-1'], 1]);
  });

  it('can be downloaded as CSV and JSON', async () => {
    await using board = await openBoard(browser, { path: '/?view=matrix&gpu=mi300x' });
    await board.loaded();
    const { page } = board;
    const save = async (name: string) => {
      const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
      return { name: file.suggestedFilename(), text: await text(await file.createReadStream()) };
    };
    const csv = await save('Download as CSV');
    expect(csv.name).toBe('gpu-availability-2025-11-14.csv');
    expect(csv.text.split('\r\n')[1]).toMatch(/^AMD Instinct MI300X OAM,MI300X,192,EU-RO-1,EUROPE,RO,1,true,LOW,2.49,/);
    const json = JSON.parse((await save('Download as JSON')).text);
    expect(json).toMatchObject({ source: 'RECORDED', rows: [{ gpuType: 'MI300X', dataCenterId: 'EU-RO-1' }] });
    expect(board.consoleErrors).toEqual([]);
  });

  it('is served by a gateway that runs only persisted operations', async () => {
    await using board = await openBoard(browser, { env: { PERSISTED_ONLY: 'true' } });
    await board.loaded();
    expect(board.consoleErrors).toEqual([]);
  });

  it('states when a recording was made', async () => {
    await using board = await openBoard(browser);
    await board.page.getByText('Recorded on 14 Nov 2025 at 17:42 UTC, not live.').waitFor();
  });

  it('can be sorted by memory, price and name, in both directions', async () => {
    await using board = await openBoard(browser);
    await board.loaded();
    const { page } = board;
    const order = async (name: RegExp) => {
      await page.getByRole('columnheader', { name }).getByRole('button').click();
      const rows = await board.rows();
      return [rows[0], rows.at(-1)];
    };
    expect((await board.rows())[0]).toBe('MI300X');
    expect((await order(/^GB/))[0]).toBe('RTX A2000');
    expect(await order(/^GPU/)).toEqual(['A100 PCIe', 'V100 SXM2 32GB']);
    expect((await order(/^\$/))[0]).toBe('RTX 2000 Ada');
    await expect.poll(() => searchOf(page)).toBe('?view=matrix&all=yes&sort=price');
    expect((await order(/^\$/))[0]).toBe('B200');
    expect(await page.locator('th[aria-sort=descending]').innerText()).toContain('$/h');
  });
});

describe.skipIf(!hasChromium)('a matrix that is loading', () => {
  it('is filled as the responses arrive', async () => {
    const held: (() => void)[] = [];
    await using runPod = await startFakeRunPod(({ variables }) =>
      variables?.['gpuTypeId'] === 'NVIDIA L4'
        ? (response, good) => held.push(() => answerWith(200, good)(response, good))
        : undefined,
    );
    await using board = await openBoard(browser, { env: live(runPod.url) });
    const { page } = board;
    await page.getByText('40 of 41 GPU types loaded').waitFor();
    expect(await board.cell('H200 SXM', 'US-NC-1').innerText()).toBe('H');
    expect(await board.cell('L4', 'EU-RO-1').getAttribute('class')).toContain('waiting');
    for (const answer of held) answer();
    await board.loaded();
    expect(await page.getByText('GPU types loaded').count()).toBe(0);
  });
});

describe.skipIf(!hasChromium)('the filters', () => {
  it('are written to the URL and restored from it', async () => {
    await using board = await openBoard(browser, { path: '/?view=matrix' });
    await board.loaded();
    const { page } = board;
    await page.getByLabel('GPU', { exact: true }).fill('rtx');
    await page.getByLabel('Region').selectOption('EUROPE');
    await page.getByLabel('Maker').selectOption('NVIDIA');
    await page.getByLabel('Memory, at least').selectOption('24');
    await page.getByLabel('$ per GPU hour, at most').pressSequentially('0.70');
    const search = '?view=matrix&region=EUROPE&gpu=rtx&manufacturer=NVIDIA&memory=24&price=0.7';
    await expect.poll(() => searchOf(page)).toBe(search);
    const rows = ['RTX A6000', 'RTX 3090', 'RTX 4090', 'RTX A5000'];
    await expect.poll(() => board.rows()).toEqual(rows);
    expect(await page.getByLabel('$ per GPU hour, at most').inputValue()).toBe('0.70');
    await page.reload();
    await board.loaded();
    await expect.poll(() => board.rows()).toEqual(rows);
    expect(await page.getByLabel('$ per GPU hour, at most').inputValue()).toBe('0.7');
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await expect.poll(async () => [searchOf(page), (await board.rows()).length]).toEqual(['?view=matrix', 25]);
  });

  it('are restored when the visitor goes back', async () => {
    await using board = await openBoard(browser, { path: '/?view=matrix&gpu=h100' });
    await board.loaded();
    const { page } = board;
    await page.goto(`${board.gateway.url}/?view=matrix&gpu=mi300x`);
    await board.loaded();
    expect(await board.rows()).toEqual(['MI300X']);
    await page.goBack();
    await board.loaded();
    expect(await board.rows()).toEqual(['H100 NVL', 'H100 PCIe', 'H100 SXM']);
  });

  it('are undone by Back, one after the other, and typing is undone as a whole', async () => {
    await using board = await openBoard(browser, { path: '/?view=matrix' });
    await board.loaded();
    const { page } = board;
    await page.getByLabel('Region').selectOption('EUROPE');
    await page.getByLabel('GPU', { exact: true }).pressSequentially('4090');
    await page.getByLabel('Show the others too').check();
    await expect.poll(() => searchOf(page)).toBe('?view=matrix&region=EUROPE&gpu=4090&all=yes');
    await page.goBack();
    await expect.poll(() => searchOf(page)).toBe('?view=matrix&region=EUROPE&gpu=4090');
    expect(await page.getByLabel('Show the others too').isChecked()).toBe(false);
    await page.goBack();
    await expect.poll(() => searchOf(page)).toBe('?view=matrix&region=EUROPE');
    expect(await page.getByLabel('GPU', { exact: true }).inputValue()).toBe('');
    await page.goBack();
    await expect.poll(() => searchOf(page)).toBe('?view=matrix');
    await page.goForward();
    await expect.poll(() => page.getByLabel('Region').inputValue()).toBe('EUROPE');
  });

  it('make the board request all cells again when the pod size changes', async () => {
    await using board = await openBoard(browser);
    await board.loaded();
    await board.page.getByLabel('GPUs per pod').selectOption('8');
    await board.cell('RTX 4090', 'EU-RO-1').and(board.page.locator('.none')).waitFor();
    await board.loaded();
    await expect.poll(() => searchOf(board.page)).toBe('?view=matrix&count=8&all=yes');
  });

  it('name the filter to drop when no GPU type matches them, with a button that drops it', async () => {
    await using board = await openBoard(browser, { path: '/?view=matrix&gpu=mi300x&memory=1000' });
    const { page } = board;
    await page.getByText('No GPU type matches the filters.').waitFor();
    await page.getByRole('button', { name: 'Also less than 1000 GB of memory 1 GPU type' }).click();
    await expect.poll(() => board.rows()).toEqual(['MI300X']);
    await expect.poll(() => searchOf(page)).toBe('?view=matrix&gpu=mi300x');
  });

  it('can all be cleared when no single one is the reason', async () => {
    await using board = await openBoard(browser, { path: '/?view=matrix&gpu=abacus&memory=1000' });
    await board.page.getByRole('button', { name: 'Clear all filters' }).click();
    await expect.poll(async () => (await board.rows()).length).toBe(25);
  });
});

describe.skipIf(!hasChromium)('the list of cheapest offers', () => {
  it('shows the cheapest GPU type of the table, and a click moves the focus to its cell', async () => {
    await using board = await openBoard(browser, { path: '/?view=matrix&memory=80' });
    await board.loaded();
    const { page } = board;
    const cheapest = page
      .getByRole('region', { name: 'Cheapest in the recording of 14 Nov 2025' })
      .getByRole('button')
      .first();
    expect(await cheapest.innerText()).toMatch(/^\$1\.64\s+A100 PCIe\s+CA-MTL-3, medium stock$/);
    await cheapest.click();
    expect(await page.locator(':focus').getAttribute('aria-label')).toBe('A100 PCIe in CA-MTL-3: medium stock');
  });

  it.each([390, 768, 1400])(
    'leads to the details of an offer, which stay open, in a window of %d pixels',
    async (width) => {
      await using board = await openBoard(browser, {
        path: '/?view=matrix',
        context: { viewport: { width, height: 800 } },
      });
      await board.loaded();
      const { page } = board;
      const offer = page.locator('.offer').first();
      const [, gpuType = ''] = (await offer.innerText()).split(/\s*\n\s*/);
      await offer.click();
      // Waits for longer than 150 ms. By then, the tooltip would be hidden if the pointer had left the cell.
      await page.waitForTimeout(500);
      expect(await page.getByRole('tooltip').innerText()).toContain(gpuType);
      await expect.poll(() => page.locator(':focus').evaluate(isInWindow)).toBe(true);
    },
  );

  it('also shows the price of a pod with several GPUs', async () => {
    await using board = await openBoard(browser, { path: '/?view=matrix&count=2&gpu=a100%20pcie' });
    await board.page.getByRole('button', { name: '$3.28 per pod' }).waitFor();
  });
});

describe.skipIf(!hasChromium)('the page on small screens and in dark mode', () => {
  it('scrolls the table sideways, but not the page', async () => {
    await using board = await openBoard(browser, { context: { viewport: PHONE } });
    await board.loaded();
    const { page } = board;
    const widths = await page.evaluate(() => {
      const box = document.querySelector('.scroll');
      return { page: document.documentElement.scrollWidth, box: box?.clientWidth ?? 0, table: box?.scrollWidth ?? 0 };
    });
    expect(widths.page).toBe(PHONE.width);
    expect(widths.table).toBeGreaterThan(widths.box);
    await page.getByRole('button', { name: 'Filters' }).click();
    await page.getByLabel('Region').selectOption('EUROPE');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.width);
  });

  it.each(['light', 'dark'] as const)('uses the colour scheme of the system: %s', async (colorScheme) => {
    await using board = await openBoard(browser, { context: { colorScheme } });
    await board.loaded();
    const background = await board.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(background).toBe(colorScheme === 'light' ? 'rgb(246, 247, 249)' : 'rgb(14, 17, 22)');
  });
});
