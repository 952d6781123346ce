import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBoard } from '../support/board.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { answerWith, startFakeRunPod } from '../support/fake-runpod.ts';
import { copied, firstOption, openFind, searchOf } from '../support/find-view.ts';
import { violationsOf } from '../support/violations.ts';

let browser: Browser;
beforeAll(async () => {
  if (hasChromium) browser = await launchChromium();
});
afterAll(() => browser?.close());

/** Settings of a gateway whose source is the fake RunPod at `url`. */
const live = (url: string) => ({ UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: url, UPSTREAM_RETRIES: '0' });

const titleOf = (page: Page) => page.locator('#found').innerText();

describe.skipIf(!hasChromium)('the needs', () => {
  it('are in the URL, and Back undoes them one by one', async () => {
    await using board = await openFind(browser);
    const { page } = board;
    await page.getByLabel('GPU', { exact: true }).pressSequentially('a100', { delay: 400 });
    await expect.poll(() => searchOf(page)).toBe('?gpu=a100');
    await page.getByRole('radio', { name: '2', exact: true }).click();
    await page.getByLabel('Where').selectOption('Romania');
    expect(searchOf(page)).toBe('?gpu=a100&count=2&country=RO');
    await page.goBack();
    expect(searchOf(page)).toBe('?gpu=a100&count=2');
    expect(await page.getByLabel('Where').inputValue()).toBe('');
    await page.goBack();
    await page.goBack();
    expect(searchOf(page)).toBe('');
    await expect.poll(() => titleOf(page)).toBe('79 pods available');
    expect(await page.getByLabel('GPU', { exact: true }).inputValue()).toBe('');
    await page.goForward();
    await expect.poll(() => page.locator('.option-gpu strong').allInnerTexts()).toContain('A100 PCIe');
    await page.reload();
    expect(await page.getByLabel('GPU', { exact: true }).inputValue()).toBe('a100');
    expect([board.foreignRequests, board.consoleErrors]).toEqual([[], []]);
  });

  it.each([
    ['?count=99', 'Number of GPUs', 'gpuCount is 99; it must be from 1 to 16.'],
    ['?count=1.5', 'Number of GPUs', 'Int cannot represent non-integer value: 1.5'],
    ['?price=-1', '$/h per pod, at most', 'maxPricePerHour is -1; it must be 0 or more.'],
    ['?datacenter=EU-XX-9', 'Where', 'Unknown data center "EU-XX-9". RunPod reports AP-JP-1'],
    ['?gpu=abacus', 'GPU', 'Unknown GPU type "abacus".'],
    ['?region=MARS', 'Where', 'Value "MARS" does not exist in "Region" enum.'],
  ])('%s shows what is wrong beside the field', async (search, label, message) => {
    await using board = await openBoard(browser, { path: `/${search}` });
    const { page } = board;
    await page.getByText('One of the needs is not valid.').waitFor();
    const field = page.getByLabel(label, { exact: true });
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    const note = page.locator(`#${await field.getAttribute('aria-describedby')}`);
    expect(await note.textContent()).toContain(message);
    await page.getByRole('button', { name: 'Clear all needs' }).click();
    await expect.poll(() => titleOf(page)).toBe('79 pods available');
    expect(await note.textContent()).toBe('');
  });
});

describe.skipIf(!hasChromium)('the reasons', () => {
  it('expand into a list of GPU types and data centers that shows at most 50 entries at first', async () => {
    await using board = await openFind(browser);
    const { page } = board;
    await page.locator('.reason', { hasText: 'Out of stock' }).locator('summary').click();
    const entries = page.locator('.reason li');
    await expect.poll(() => entries.count()).toBe(50);
    expect(await entries.first().innerText()).toMatch(/^A100 PCIe in \S+: RunPod reports no stock\.$/);
    await page.getByRole('button', { name: 'Show all 896' }).click();
    await expect.poll(() => entries.count()).toBe(896);
  });

  it('come with buttons that give up one need', async () => {
    await using board = await openFind(browser, { path: '/?gpu=a100&price=1' });
    const { page } = board;
    expect(await titleOf(page)).toBe('No pod meets all needs');
    await page.getByRole('button', { name: 'Without the price limit: 8 options, from $1.64/h' }).click();
    await expect.poll(() => titleOf(page)).toBe('8 pods meet all needs');
    expect(searchOf(page)).toBe('?gpu=a100');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('found');
  });

  it('explain that no GPU type fits', async () => {
    await using board = await openFind(browser, { path: '/?memory=1000' });
    await board.page.getByText('No GPU type at RunPod fits these needs, whatever is in stock.').waitFor();
    await board.page.getByRole('button', { name: 'Without the memory per GPU' }).click();
    await expect.poll(() => titleOf(board.page)).toBe('79 pods available');
  });
});

describe.skipIf(!hasChromium)('a source or gateway without an answer', () => {
  it('is named, with the GPU types that could not be observed', async () => {
    await using runPod = await startFakeRunPod(({ variables }) =>
      variables?.['gpuTypeId'] === 'NVIDIA L4' ? answerWith(500, '') : undefined,
    );
    await using board = await openFind(browser, { env: live(runPod.url), path: '/?gpu=l4' });
    const { page } = board;
    expect(await titleOf(page)).toBe('No pod found yet');
    await page.getByText('39 of 39 cells could not be observed.').click();
    await page.getByText(/^L4 everywhere: /).waitFor();
    await page.getByText('Some GPU types that fit could not be observed').waitFor();
  });

  it('is told apart from a gateway that does not answer', async () => {
    await using runPod = await startFakeRunPod(() => answerWith(500, ''));
    await using board = await openBoard(browser, { env: live(runPod.url), path: '/' });
    const { page } = board;
    await page.getByLabel('Status').getByText('RunPod does not answer').waitFor();
    expect(await page.getByText('Not connected').count()).toBe(0);
    await board.gateway.stop();
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByText('Not connected').waitFor();
  });

  it('answers once the visitor has entered the client key that the gateway requires', async () => {
    await using board = await openBoard(browser, { env: { CLIENT_API_KEYS: 'k1' }, path: '/?gpu=a100' });
    const { page } = board;
    await page.getByLabel('This gateway requires a client key').fill('k1');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '8 pods meet all needs' }).waitFor();
  });

  it('does not make the page forget the last answer', async () => {
    await using board = await openFind(browser, { path: '/?gpu=a100' });
    const { page } = board;
    await board.gateway.stop();
    await page.getByLabel('Where').selectOption('Europe');
    await page.getByText('Not connected').waitFor();
    await expect.poll(() => page.locator('.option').count()).toBe(8);
    expect(await titleOf(page)).toBe('8 pods for your earlier needs');
    expect(await page.locator('.found').getAttribute('aria-busy')).toBe('false');
    await board.gateway.startAgain();
    await expect.poll(() => page.locator('.option').count()).toBe(3);
  });
});

describe.skipIf(!hasChromium)('the views', () => {
  it('keep their URLs when the visitor changes between them', async () => {
    await using board = await openFind(browser, { path: '/?gpu=a100' });
    const { page } = board;
    await page.getByRole('link', { name: 'Matrix' }).click();
    await board.loaded();
    await page.getByLabel('Region').selectOption('EUROPE');
    expect(searchOf(page)).toBe('?view=matrix&region=EUROPE');
    await page.getByRole('link', { name: 'Find a GPU' }).click();
    await page.getByRole('heading', { name: '8 pods meet all needs' }).waitFor();
    expect(searchOf(page)).toBe('?gpu=a100');
    await page.goBack();
    await board.loaded();
    expect(await page.getByLabel('Region').inputValue()).toBe('EUROPE');
    expect(await page.getByRole('link', { name: 'Matrix' }).getAttribute('aria-current')).toBe('page');
  });

  it('request cells and open a stream only for the matrix', async () => {
    await using runPod = await startFakeRunPod();
    await using board = await openFind(browser, { env: live(runPod.url), isLive: true });
    expect(board.gateway.streamCount()).toBe(0);
    await board.page.getByRole('link', { name: 'Matrix' }).click();
    await board.loaded();
    await expect.poll(() => board.gateway.streamCount()).toBe(1);
  });
});

describe.skipIf(!hasChromium)('the layout of the view', () => {
  it.each([320, 390, 768, 1400, 1920])('does not scroll sideways in a window of %d pixels', async (width) => {
    await using board = await openFind(browser, { context: { viewport: { width, height: 844 } } });
    const { page } = board;
    await page.getByText('More needs').click();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  });

  it('shows the first pod in the first screen of a phone', async () => {
    await using board = await openFind(browser, { context: { viewport: { width: 390, height: 844 }, isMobile: true } });
    const box = await firstOption(board.page).boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 844)).toBeLessThan(844);
  });

  it('can be used by keyboard alone', async () => {
    await using board = await openFind(browser);
    const { page } = board;
    const visited: string[] = [];
    while (!visited.at(-1)?.startsWith('Copy curl') && visited.length < 30) {
      await page.keyboard.press('Tab');
      visited.push(
        await page.evaluate(
          () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.id ?? '',
        ),
      );
    }
    expect(visited).toEqual(expect.arrayContaining(['need-gpu', 'need-memory', 'need-place', 'need-price']));
    await page.keyboard.press('Enter');
    await firstOption(page).getByText('Copied').first().waitFor();
    expect(await copied(page)).toContain('NVIDIA RTX 2000 Ada Generation');
  });
});

describe.skipIf(!hasChromium)('the accessibility of the view', () => {
  it.each([
    ['light', { colorScheme: 'light' as const }],
    ['dark', { colorScheme: 'dark' as const }],
    ['phone', { viewport: { width: 390, height: 844 } }],
  ])('has no violation at all: %s', async (_name, context) => {
    await using runPod = await startFakeRunPod(({ variables }) =>
      variables?.['gpuTypeId'] === 'NVIDIA L4' ? answerWith(500, '') : undefined,
    );
    await using board = await openFind(browser, { env: live(runPod.url), path: '/?gpu=l&volume=yes', context });
    const { page } = board;
    await page.getByText('cells could not be observed').click();
    await page.locator('.reason summary').last().click();
    await page.locator('.reason li').first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByLabel('$/h per pod, at most').fill('0.01');
    await page.getByRole('heading', { name: 'No pod found yet' }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByLabel('$/h per pod, at most').fill('-1');
    await page.getByText('One of the needs is not valid.').waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });
});
