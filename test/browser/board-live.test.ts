import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBoard } from '../support/board.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { answerWith, startFakeRunPod } from '../support/fake-runpod.ts';
import { notificationsOf, recordNotifications } from '../support/notifications.ts';
import { inStock, NOTHING } from '../support/stock.ts';

let browser: Browser;
beforeAll(async () => {
  if (hasChromium) browser = await launchChromium();
});
afterAll(() => browser?.close());

/** Settings of a gateway whose source is the fake RunPod at `url`, without retries. */
const live = (url: string) => ({ UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: url, UPSTREAM_RETRIES: '0' });

/** Returns an event with this id: the RTX 5000 Ada has become available in EU-RO-1. */
const appeared = (id: string) => ({
  data: {
    gpuAvailabilityChanged: {
      id,
      after: {
        gpuType: { id: 'NVIDIA RTX 5000 Ada Generation' },
        dataCenter: { id: 'EU-RO-1' },
        available: true,
        stock: 'HIGH',
        onDemandPrice: { perGpu: 0.55, perPod: 0.55 },
        spotPrice: null,
        availableGpuCounts: [1, 2],
        observedAt: new Date(Date.now() + 1000).toISOString(),
        stale: false,
      },
    },
  },
});

/** An event with an error of this code, by which the gateway rejects a subscription. */
const refusal = (code: string) => ({ errors: [{ message: 'No.', extensions: { code } }] });

describe.skipIf(!hasChromium)('cells for which RunPod requests fail', () => {
  it('are listed as failures and shown as unknown if they were never observed', async () => {
    await using runPod = await startFakeRunPod(({ variables }) =>
      variables?.['gpuTypeId'] === 'NVIDIA L4' ? answerWith(500, '') : undefined,
    );
    await using board = await openBoard(browser, { env: live(runPod.url) });
    await board.loaded();
    await board.page.getByText('39 of 1599 cells are unknown').click();
    const list = await board.page.locator('.failures li').allInnerTexts();
    expect(list).toEqual([expect.stringMatching(/^L4 everywhere: .+ UNREACHABLE$/)]);
    expect(await board.cell('L4', 'US-MO-2').innerText()).toBe('?');
    await board.cell('L4', 'US-MO-2').focus();
    expect(await board.page.getByRole('tooltip').innerText()).toMatch(/unknown\s+Reason\s+RunPod could not be reached/);
  });

  it('are marked as old if they were observed before, and the header shows their age', async () => {
    await using runPod = await startFakeRunPod();
    await using board = await openBoard(browser, { env: live(runPod.url) });
    await board.loaded();
    runPod.fail(() => answerWith(503, ''));
    board.gateway.passSeconds(120);
    // The gateway first serves the stale answer, and only later notices that it cannot renew the answer.
    /**
     * Clicks Refresh. Returns whether the page shows the stock of the H200 SXM in US-NC-1 as old, and reports that requests to RunPod fail.
     */
    const isShown = async () => {
      await board.page.getByRole('button', { name: 'Refresh' }).click();
      const old = await board.page.locator('[aria-label="H200 SXM in US-NC-1: high stock, old"]').count();
      const health = await board.page.getByText(/^(Some RunPod requests fail|RunPod does not answer)$/).count();
      return old === 1 && health === 1;
    };
    await expect.poll(isShown, { interval: 1000, timeout: 15_000 }).toBe(true);
    await board.page.getByText(/^Observed /).waitFor();
  });
});

describe.skipIf(!hasChromium)('a board', () => {
  it('shows the last known answers while the gateway is unreachable, and recovers when the gateway is back', async () => {
    await using board = await openBoard(browser);
    await board.loaded();
    const { page } = board;
    await board.gateway.stop();
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByText('The gateway cannot be reached. The page shows the last known answers.').waitFor();
    expect(await board.cell('H200 SXM', 'US-NC-1').innerText()).toBe('H');
    await board.gateway.startAgain();
    await page.getByText('The gateway cannot be reached.').waitFor({ state: 'detached' });
  });

  it('asks for a key, asks again when the key is wrong, and keeps the right key for this tab', async () => {
    await using board = await openBoard(browser, { env: { CLIENT_API_KEYS: 'k1' } });
    const { page } = board;
    const field = page.getByLabel('This gateway requires a client key');
    await field.fill('k2');
    await page.getByRole('button', { name: 'Use key' }).click();
    await page.getByText('The gateway rejected that key. Enter another one.').waitFor();
    expect(await page.getByRole('list', { name: 'Status' }).innerText()).toBe('Client key required');
    await field.fill('k1');
    await page.keyboard.press('Enter');
    await board.loaded();
    await page.reload();
    await board.loaded();
    expect(await field.count()).toBe(0);
  });

  it('gives the focus to the field for the key, and forgets the key and the data when the visitor asks for that', async () => {
    await using board = await openBoard(browser, { env: { CLIENT_API_KEYS: 'k1' } });
    const { page } = board;
    const field = page.getByLabel('This gateway requires a client key');
    await page.getByText('Never enter a RunPod key here.').waitFor();
    await field.fill('rpa_pasted');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('That is a RunPod key.').waitFor();
    expect(await page.evaluate(() => sessionStorage.getItem('client-key'))).toBeNull();
    expect(await field.inputValue()).toBe('');
    expect(await page.getByRole('list', { name: 'Status' }).innerText()).toBe('Client key required');
    await page.locator('#key:focus').waitFor();
    await page.keyboard.type('k1');
    await page.keyboard.press('Enter');
    await board.loaded();
    await page.getByRole('button', { name: 'Forget the key' }).click();
    await field.waitFor();
    expect(await page.locator('td').count()).toBe(0);
    await page.reload();
    await field.waitFor();
  });

  it('says "RunPod does not answer" instead of "Not connected" when only RunPod is down', async () => {
    await using runPod = await startFakeRunPod(() => answerWith(503, ''));
    await using board = await openBoard(browser, { env: live(runPod.url) });
    await board.page
      .getByRole('alert')
      .getByText(/RunPod/)
      .waitFor();
    await board.page.getByText('RunPod does not answer', { exact: true }).waitFor();
    expect(await board.page.getByText('Not connected').count()).toBe(0);
  });
});

describe.skipIf(!hasChromium)('changes', () => {
  it('arrive from RunPod within five seconds', async () => {
    await using runPod = await startFakeRunPod();
    runPod.stock.set('NVIDIA L4', 'EU-RO-1', NOTHING);
    await using board = await openBoard(browser, { env: { ...live(runPod.url), FRESH_SECONDS: '4' } });
    await board.loaded();
    await board.page.getByText('Live', { exact: true }).waitFor();
    const cell = board.cell('L4', 'EU-RO-1');
    let fastestMs = Number.POSITIVE_INFINITY;
    for (const [stock, letter] of [
      [inStock('High', 0.43), 'H'],
      [NOTHING, '·'],
      [inStock('High', 0.43), 'H'],
    ] as const) {
      const changedAt = performance.now();
      runPod.stock.set('NVIDIA L4', 'EU-RO-1', stock);
      await cell.getByText(letter, { exact: true }).waitFor();
      fastestMs = Math.min(fastestMs, performance.now() - changedAt);
    }
    expect(fastestMs).toBeLessThan(5000);
  });

  it('make their cell flash', async () => {
    await using runPod = await startFakeRunPod();
    await using board = await openBoard(browser, { env: live(runPod.url), isLive: true });
    await board.loaded();
    const stream = await board.gateway.nextStream();
    expect(stream.variables).toEqual({ gpuCount: 1, lastEventId: null });
    await board.page.getByText('Live', { exact: true }).waitFor();
    stream.send(appeared('1'));
    const cell = board.page.locator('[aria-label="RTX 5000 Ada in EU-RO-1: high stock"]');
    await cell.waitFor();
    expect(await cell.evaluate((element) => getComputedStyle(element).animationName)).toMatch(/^flash/);
    expect(board.consoleErrors).toEqual([]);
  });

  it('are marked without motion for visitors who prefer reduced motion', async () => {
    await using board = await openBoard(browser, { isLive: true, context: { reducedMotion: 'reduce' } });
    await board.loaded();
    (await board.gateway.nextStream()).send(appeared('1'));
    const cell = board.page.locator('[aria-label="RTX 5000 Ada in EU-RO-1: high stock"]');
    await cell.waitFor();
    expect(await cell.evaluate((element) => getComputedStyle(element).animationTimingFunction)).toMatch(
      /step-end|steps/,
    );
  });
});

describe.skipIf(!hasChromium)('the event stream', () => {
  it('resumes after the last event if it is cut, and the board reads its data again if the gateway no longer has that event', async () => {
    await using board = await openBoard(browser, { isLive: true });
    await board.loaded();
    const { nextStream } = board.gateway;
    const first = await nextStream();
    first.send(appeared('7'));
    await board.cell('RTX 5000 Ada', 'EU-RO-1').and(board.page.locator('.high')).waitFor();
    first.cut();
    const second = await nextStream();
    expect(second.variables.lastEventId).toBe('7');
    const readAgain = board.page.waitForRequest((request) => request.postData()?.includes('"variables":{}') ?? false);
    second.send(refusal('EVENTS_MISSED'));
    second.complete();
    const third = await nextStream();
    expect(third.variables.lastEventId).toBeNull();
    await readAgain;
  });

  it('is replaced by polling when the gateway rejects it', async () => {
    await using runPod = await startFakeRunPod();
    await using board = await openBoard(browser, { env: live(runPod.url), isLive: true });
    const stream = await board.gateway.nextStream();
    stream.send(refusal('BAD_REQUEST'));
    stream.complete();
    await board.page.getByText('Polls every 20 s').waitFor();
  });

  it('is replaced by a new one when the pod size changes', async () => {
    await using board = await openBoard(browser, { isLive: true });
    await board.gateway.nextStream();
    await board.page.getByLabel('GPUs per pod').selectOption('4');
    expect((await board.gateway.nextStream()).variables.gpuCount).toBe(4);
  });
});

describe.skipIf(!hasChromium)('a bell', () => {
  it('reports a chosen GPU type by a notification, on the page and in the page title, also after a reload', async () => {
    await using board = await openBoard(browser, { isLive: true, context: { permissions: ['notifications'] } });
    const { page, gateway } = board;
    await recordNotifications(board.context);
    await page.getByRole('button', { name: 'Notify me when RTX 5000 Ada is available' }).click();
    await gateway.nextStream();
    await page.reload();
    await board.loaded();
    await expect.poll(() => page.locator('.bell[aria-pressed=true]').count()).toBe(1);
    (await gateway.nextStream()).send(appeared('1'));
    const message = 'Available now: RTX 5000 Ada in EU-RO-1 for $0.55';
    await page.getByRole('status').getByText(message).waitFor();
    expect(await page.title()).toBe(`● ${message}`);
    await expect.poll(() => notificationsOf(page)).toEqual([message]);
    await page.getByRole('button', { name: 'RTX 5000 Ada in EU-RO-1 for $0.55' }).click();
    const cell = page.locator('[aria-label="RTX 5000 Ada in EU-RO-1: high stock"]:focus');
    await cell.waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    expect(await page.title()).toBe('GPU availability');
  });

  it('also reports in the view that finds pods, and its report leads to the cell in the matrix', async () => {
    await using board = await openBoard(browser, { isLive: true });
    const { page, gateway } = board;
    await board.loaded();
    await page.getByRole('button', { name: 'Notify me when RTX 5000 Ada is available' }).click();
    await page.getByRole('link', { name: 'Find a GPU' }).click();
    await page.locator('.option').first().waitFor();
    (await gateway.nextStream()).send(appeared('1'));
    await page.getByRole('button', { name: 'RTX 5000 Ada in EU-RO-1 for $0.55' }).click();
    await page.locator('[aria-label="RTX 5000 Ada in EU-RO-1: high stock"]:focus').waitFor();
  });

  it('reports on the page when notifications are denied', async () => {
    await using board = await openBoard(browser, { isLive: true, context: { permissions: [] } });
    await board.page.getByRole('button', { name: 'Notify me when RTX 5000 Ada is available' }).click();
    await board.loaded();
    (await board.gateway.nextStream()).send(appeared('1'));
    await board.page.getByText('Available now: RTX 5000 Ada in EU-RO-1').waitFor();
    expect(board.consoleErrors).toEqual([]);
  });

  it('does not report a GPU type that was not chosen', async () => {
    await using board = await openBoard(browser, { isLive: true });
    const { page, gateway } = board;
    await page.getByRole('button', { name: 'Notify me when MI300X is available' }).click();
    await board.loaded();
    (await gateway.nextStream()).send(appeared('1'));
    await board.cell('RTX 5000 Ada', 'EU-RO-1').and(page.locator('.high')).waitFor();
    expect(await page.locator('.toast').count()).toBe(0);
  });
});
