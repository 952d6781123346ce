import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBoard } from '../support/board.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { answerWith, type Faults, startFakeRunPod } from '../support/fake-runpod.ts';

let browser: Browser;
beforeAll(async () => {
  if (hasChromium) browser = await launchChromium();
});
afterAll(() => browser?.close());

/** Settings of a gateway whose source is the fake RunPod at `url`. */
const live = (url: string) => ({ UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: url });

/** The behaviour of a fake RunPod that answers after 100 ms while `answers` returns true, and with HTTP 503 otherwise. */
const answeringLate =
  (answers: () => boolean): Faults =>
  () =>
  (response, good) => {
    if (answers()) setTimeout(() => answerWith(200, good)(response, good), 100);
    else answerWith(503, '')(response, good);
  };

/** What the function `watch` has recorded in the page. */
interface Watched {
  /** The largest number of dashed cells at one time. A dashed outline marks a cell as old. */
  readonly mostDashed: number;
  /** The texts that the header has shown about the age of the observations. */
  readonly ages: readonly string[];
}

/**
 * Moves the page's clock forward by this many seconds. From then on, records the number of dashed cells and the ages in the header. Runs in
 * the page.
 */
function watch(aheadSeconds: number): void {
  const now = Date.now;
  Date.now = () => now() + aheadSeconds * 1000;
  const seen = { mostDashed: 0, ages: [] as string[] };
  Object.assign(globalThis, { seen });
  new MutationObserver(() => {
    seen.mostDashed = Math.max(seen.mostDashed, document.querySelectorAll('td.stale').length);
    const age = document.querySelector('.age')?.textContent ?? '';
    if (age !== '' && age !== seen.ages.at(-1)) seen.ages.push(age);
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
}

const watched = (page: Page) => page.evaluate(() => (globalThis as unknown as { seen: Watched }).seen);

/** Matches the age in the header if every cell is younger than a minute. An age in minutes contains 'min'. */
const ALL_FRESH = /^Observed [^m]*$/;

describe.skipIf(!hasChromium)('a board after 100 seconds without reading', () => {
  it('has no dashed cell when it is opened again, and is fresh within seconds', async () => {
    await using runPod = await startFakeRunPod(answeringLate(() => true));
    await using board = await openBoard(browser, { env: live(runPod.url) });
    await board.loaded();
    await board.page.close();
    board.gateway.passSeconds(100);
    const page = await board.context.newPage();
    await page.addInitScript(watch, 100);
    await page.goto(`${board.gateway.url}/?view=matrix`);
    await page.getByText(/^Observed .*min ago/).waitFor();
    await page.getByText(ALL_FRESH).waitFor({ timeout: 15_000 });
    expect((await watched(page)).mostDashed).toBe(0);
  });

  it('has no dashed cell when it is shown after it was hidden, and is fresh within seconds', async () => {
    await using runPod = await startFakeRunPod(answeringLate(() => true));
    await using board = await openBoard(browser, { env: live(runPod.url), isLive: true });
    const { page } = board;
    await board.loaded();
    const setHidden = (hidden: boolean) => {
      Object.defineProperty(document, 'hidden', { configurable: true, value: hidden });
      document.dispatchEvent(new Event('visibilitychange'));
    };
    await page.evaluate(setHidden, true);
    await page.evaluate(watch, 100);
    board.gateway.passSeconds(100);
    await page.evaluate(setHidden, false);
    await page.getByText(/^Observed .*min ago/).waitFor();
    await page.getByText(ALL_FRESH).waitFor({ timeout: 15_000 });
    expect((await watched(page)).mostDashed).toBe(0);
  });

  it('has dashed cells, labelled as old, within seconds when RunPod fails', async () => {
    let answers = true;
    await using runPod = await startFakeRunPod(answeringLate(() => answers));
    await using board = await openBoard(browser, { env: { ...live(runPod.url), UPSTREAM_RETRIES: '0' } });
    await board.loaded();
    answers = false;
    board.gateway.passSeconds(100);
    await board.page.reload();
    await board.page.locator('[aria-label="H200 SXM in US-NC-1: high stock, old"].stale').waitFor({ timeout: 15_000 });
    answers = true;
    await board.page.locator('[aria-label="H200 SXM in US-NC-1: high stock"]:not(.stale)').waitFor();
  });
});

describe.skipIf(!hasChromium)('a board that stays open', () => {
  it('reads often if the answers of the gateway stay fresh for only two seconds', async () => {
    await using runPod = await startFakeRunPod();
    await using board = await openBoard(browser, { env: { ...live(runPod.url), FRESH_SECONDS: '2' } });
    await board.loaded();
    await board.page.evaluate(watch, 0);
    /** Resolves when the board begins its next read. Each read begins with the query for the lists, the only query without variables. */
    const isRead = () =>
      board.page.waitForRequest((request) => request.postData()?.includes('"variables":{}') === true);
    for (let reads = 0; reads < 6; reads += 1) await isRead();
    const { ages, mostDashed } = await watched(board.page);
    const seconds = ages.flatMap((age) => [...age.matchAll(/(\d+) s ago/g)].map(([, digits]) => Number(digits)));
    expect(ages.filter((age) => age.includes('min'))).toEqual([]);
    // The board always reads at least once a minute. Here, answers are fresh for only two seconds, so it must read much more often. No age
    // may reach 20 seconds, even on a busy machine.
    expect(Math.max(...seconds)).toBeLessThan(20);
    expect(mostDashed).toBe(0);
  });
});

describe.skipIf(!hasChromium)('GPU types whose requests hang', () => {
  it.each([2, 7])('do not delay the other GPU types when %d of them hang', async (count) => {
    const ids = [
      'NVIDIA A40',
      'NVIDIA B200',
      'NVIDIA L4',
      'NVIDIA L40',
      'NVIDIA L40S',
      'NVIDIA H200',
      'NVIDIA RTX A4000',
    ];
    const hanging = new Set(ids.slice(0, count));
    await using runPod = await startFakeRunPod(({ variables }) =>
      hanging.has(String(variables?.['gpuTypeId'])) ? () => {} : undefined,
    );
    // The gateway may send 10 requests to RunPod at the same time, and at most 7 hang, so the gateway can still request the other GPU
    // types. If the page shows them late, the hanging requests have used up its connections to the gateway.
    await using board = await openBoard(browser, { env: { ...live(runPod.url), UPSTREAM_CONCURRENCY: '10' } });
    await board.page.getByText(`${41 - count} of 41 GPU types loaded`).waitFor();
    await expect.poll(() => board.page.locator('td.waiting').count()).toBe(count * 39);
  });
});
