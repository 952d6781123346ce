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

/** A live source, of which nothing is asked twice. */
const live = (url: string) => ({ UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: url, UPSTREAM_RETRIES: '0' });

/** An event: an RTX 5000 Ada, of which there was none, can be rented in EU-RO-1. */
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

const refusal = (code: string) => ({ errors: [{ message: 'No.', extensions: { code } }] });

describe.skipIf(!hasChromium)('what is not sure', () => {
  it('lists what failed, and shows it as not known', async () => {
    await using runPod = await startFakeRunPod(({ variables }) =>
      variables?.['gpuTypeId'] === 'NVIDIA L4' ? answerWith(500, '') : undefined,
    );
    await using board = await openBoard(browser, { env: live(runPod.url) });
    await board.whole();
    await board.page.getByText('39 of 1599 cells are not known').click();
    const list = await board.page.locator('.failures li').allInnerTexts();
    expect(list).toEqual([expect.stringMatching(/^L4 everywhere: .+ UNREACHABLE$/)]);
    expect(await board.cell('L4', 'US-MO-2').innerText()).toBe('?');
  });

  it('marks what is old, and tells its age', async () => {
    await using runPod = await startFakeRunPod();
    await using board = await openBoard(browser, { env: live(runPod.url) });
    await board.whole();
    runPod.fail(() => answerWith(503, ''));
    board.gateway.passSeconds(120);
    // The first answer after that is the one that is known; only then is it found that no newer one can be had.
    const isTold = async () => {
      await board.page.getByRole('button', { name: 'Refresh' }).click();
      const old = await board.page.locator('[aria-label="H200 SXM in US-NC-1: high stock, old"]').count();
      const health = await board.page.getByText(/^RunPod (fails in part|does not answer)$/).count();
      return old === 1 && health === 1;
    };
    await expect.poll(isTold, { interval: 1000, timeout: 15_000 }).toBe(true);
    await board.page.getByText(/^Observed /).waitFor();
  });

  it('says that the gateway is gone, shows what was known, and comes back by itself', async () => {
    await using board = await openBoard(browser);
    await board.whole();
    const { page } = board;
    await board.gateway.stop();
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByText('The gateway cannot be reached. Shown is what was known last.').waitFor();
    expect(await board.cell('H200 SXM', 'US-NC-1').innerText()).toBe('H');
    await board.gateway.startAgain();
    await page.getByText('The gateway cannot be reached.').waitFor({ state: 'detached' });
  });

  it('asks for a key, and again when it is wrong, and keeps it for this tab', async () => {
    await using board = await openBoard(browser, { env: { CLIENT_API_KEYS: 'k1' } });
    const { page } = board;
    const field = page.getByLabel('This gateway wants a key');
    await field.fill('k2');
    await page.getByRole('button', { name: 'Use key' }).click();
    await page.getByText('It did not take that one.').waitFor();
    await field.fill('k1');
    await page.keyboard.press('Enter');
    await board.whole();
    await page.reload();
    await board.whole();
    expect(await field.count()).toBe(0);
  });
});

describe.skipIf(!hasChromium)('changes', () => {
  it('come from RunPod to the page in time', async () => {
    await using runPod = await startFakeRunPod();
    runPod.stock.set('NVIDIA L4', 'EU-RO-1', NOTHING);
    await using board = await openBoard(browser, { env: { ...live(runPod.url), FRESH_SECONDS: '4' } });
    await board.whole();
    await board.page.getByText('Live', { exact: true }).waitFor();
    const cell = board.cell('L4', 'EU-RO-1');
    let fastestMs = Number.POSITIVE_INFINITY;
    for (const [stock, letter] of [
      [inStock('High', 0.43), 'H'],
      [NOTHING, '-'],
      [inStock('High', 0.43), 'H'],
    ] as const) {
      const changedAt = performance.now();
      runPod.stock.set('NVIDIA L4', 'EU-RO-1', stock);
      await cell.getByText(letter, { exact: true }).waitFor();
      fastestMs = Math.min(fastestMs, performance.now() - changedAt);
    }
    expect(fastestMs).toBeLessThan(5000);
  });

  it('reach their cell, which flashes', async () => {
    await using runPod = await startFakeRunPod();
    await using board = await openBoard(browser, { env: live(runPod.url), isLive: true });
    await board.whole();
    const stream = await board.gateway.nextStream();
    expect(stream.variables).toEqual({ gpuCount: 1, lastEventId: null });
    await board.page.getByText('Live', { exact: true }).waitFor();
    stream.send(appeared('1'));
    const cell = board.page.locator('[aria-label="RTX 5000 Ada in EU-RO-1: high stock"]');
    await cell.waitFor();
    expect(await cell.evaluate((element) => getComputedStyle(element).animationName)).toMatch(/^flash/);
    expect(board.complaints).toEqual([]);
  });

  it('are marked without motion for who wants none', async () => {
    await using board = await openBoard(browser, { isLive: true, context: { reducedMotion: 'reduce' } });
    await board.whole();
    (await board.gateway.nextStream()).send(appeared('1'));
    const cell = board.page.locator('[aria-label="RTX 5000 Ada in EU-RO-1: high stock"]');
    await cell.waitFor();
    expect(await cell.evaluate((element) => getComputedStyle(element).animationTimingFunction)).toMatch(
      /step-end|steps/,
    );
  });

  it('go on after the last event when the stream was cut, and are read anew when that is not known any more', async () => {
    await using board = await openBoard(browser, { isLive: true });
    await board.whole();
    const { nextStream } = board.gateway;
    const first = await nextStream();
    first.send(appeared('7'));
    await board.cell('RTX 5000 Ada', 'EU-RO-1').and(board.page.locator('.high')).waitFor();
    first.cut();
    const second = await nextStream();
    expect(second.variables.lastEventId).toBe('7');
    const readAnew = board.page.waitForRequest((request) => request.postData()?.includes('"variables":{}') ?? false);
    second.send(refusal('EVENTS_MISSED'));
    second.complete();
    const third = await nextStream();
    expect(third.variables.lastEventId).toBeNull();
    await readAnew;
  });

  it('are asked for every so often where the gateway sends none', async () => {
    await using runPod = await startFakeRunPod();
    await using board = await openBoard(browser, { env: live(runPod.url), isLive: true });
    const stream = await board.gateway.nextStream();
    stream.send(refusal('BAD_REQUEST'));
    stream.complete();
    await board.page.getByText('Asks every 20 s').waitFor();
  });

  it('follow the size of the pod', async () => {
    await using board = await openBoard(browser, { isLive: true });
    await board.gateway.nextStream();
    await board.page.getByLabel('GPUs on a pod').selectOption('4');
    expect((await board.gateway.nextStream()).variables.gpuCount).toBe(4);
  });
});

describe.skipIf(!hasChromium)('a bell', () => {
  it('tells by a notification, on the page and in its title when a chosen GPU appears, after a reload too', async () => {
    await using board = await openBoard(browser, { isLive: true, context: { permissions: ['notifications'] } });
    const { page, gateway } = board;
    await recordNotifications(board.context);
    await page.getByRole('button', { name: 'Tell me when RTX 5000 Ada appears' }).click();
    await gateway.nextStream();
    await page.reload();
    await board.whole();
    expect(await page.locator('.bell[aria-pressed=true]').count()).toBe(1);
    (await gateway.nextStream()).send(appeared('1'));
    const message = 'Can be rented now: RTX 5000 Ada in EU-RO-1 for $0.55';
    await page.getByRole('status').getByText(message).waitFor();
    expect(await page.title()).toBe(`● ${message}`);
    await expect.poll(() => notificationsOf(page)).toEqual([message]);
    await page.getByRole('button', { name: 'Dismiss' }).click();
    expect(await page.title()).toBe('GPU availability');
  });

  it('tells on the page when notifications are denied', async () => {
    await using board = await openBoard(browser, { isLive: true, context: { permissions: [] } });
    await board.page.getByRole('button', { name: 'Tell me when RTX 5000 Ada appears' }).click();
    await board.whole();
    (await board.gateway.nextStream()).send(appeared('1'));
    await board.page.getByText('Can be rented now: RTX 5000 Ada in EU-RO-1').waitFor();
    expect(board.complaints).toEqual([]);
  });

  it('tells of no GPU that was not chosen', async () => {
    await using board = await openBoard(browser, { isLive: true });
    const { page, gateway } = board;
    await page.getByRole('button', { name: 'Tell me when MI300X appears' }).click();
    await board.whole();
    (await gateway.nextStream()).send(appeared('1'));
    await board.cell('RTX 5000 Ada', 'EU-RO-1').and(page.locator('.high')).waitFor();
    expect(await page.locator('.toast').count()).toBe(0);
  });
});
