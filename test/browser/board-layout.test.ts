import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBoard } from '../support/board.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { answerWith, startFakeRunPod } from '../support/fake-runpod.ts';

let browser: Browser;
beforeAll(async () => {
  if (hasChromium) browser = await launchChromium();
});
afterAll(() => browser?.close());

const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 3, isMobile: true };
const DESKTOP: BrowserContextOptions = { viewport: { width: 1400, height: 900 } };

/** Returns the sum of all layout shifts since the page was opened, without the shifts that follow an input. Runs in the page. */
async function sumOfShifts(): Promise<number> {
  const entries: PerformanceEntry[] = [];
  const observer = new PerformanceObserver((list) => entries.push(...list.getEntries()));
  observer.observe({ type: 'layout-shift', buffered: true });
  // The browser reports the last layout shift only after the next frame.
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve))));
  entries.push(...observer.takeRecords());
  const shifts = entries as unknown as readonly { readonly value: number; readonly hadRecentInput: boolean }[];
  return shifts.reduce((sum, { value, hadRecentInput }) => sum + (hadRecentInput ? 0 : value), 0);
}

/** Slows the processor down to the speed of a phone, so that the page is drawn in many steps. */
async function slowDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
}

/** Starts a fake RunPod that answers after 300 ms, so that the placeholder, an empty table, and the cells appear one after the other. */
const startSlowRunPod = () =>
  startFakeRunPod(() => (response, good) => setTimeout(() => answerWith(200, good)(response, good), 300));

describe.skipIf(!hasChromium).each([
  ['phone', PHONE],
  ['desktop', DESKTOP],
])('the layout of the page on a %s', (_name, context) => {
  it('stays stable while the recording loads', async () => {
    await using board = await openBoard(browser, { context, path: '/schema.graphql' });
    await slowDown(board.page);
    await board.page.goto(`${board.gateway.url}/?view=matrix`);
    await board.loaded();
    expect(await board.page.evaluate(sumOfShifts)).toBeLessThan(0.05);
  });

  it('stays stable while live answers load, from a cold and from a warm gateway', async () => {
    await using runPod = await startSlowRunPod();
    const env = { UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: runPod.url };
    await using board = await openBoard(browser, { context, env, path: '/schema.graphql' });
    await slowDown(board.page);
    for (const path of ['/?view=matrix&visit=cold', '/?view=matrix&visit=warm']) {
      await board.page.goto(`${board.gateway.url}${path}`);
      await board.loaded();
      await board.page.getByText('Live', { exact: true }).waitFor();
      await board.page.getByText(/^All \d+ cells are known$/).waitFor();
      expect(await board.page.evaluate(sumOfShifts)).toBeLessThan(0.05);
    }
  });

  it('stays stable while pods are found, in the recording and from live answers', async () => {
    await using runPod = await startSlowRunPod();
    for (const env of [{}, { UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: runPod.url }]) {
      await using board = await openBoard(browser, { context, env, path: '/schema.graphql' });
      await slowDown(board.page);
      await board.page.goto(`${board.gateway.url}/?gpu=a100`);
      await board.page.getByRole('heading', { name: '8 pods meet all needs' }).waitFor();
      expect(await board.page.evaluate(sumOfShifts)).toBeLessThan(0.05);
    }
  });

  it('stays stable when cells have failed, and when the gateway becomes unreachable', async () => {
    await using runPod = await startFakeRunPod(({ variables }) =>
      variables?.['gpuTypeId'] === 'NVIDIA L4' ? answerWith(500, '') : undefined,
    );
    const env = { UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: runPod.url, UPSTREAM_RETRIES: '0' };
    await using board = await openBoard(browser, { context, env });
    await board.page.getByText('39 of 1599 cells are unknown').waitFor();
    await board.gateway.stop();
    await board.page.getByText('The gateway cannot be reached.').waitFor({ timeout: 40_000 });
    expect(await board.page.evaluate(sumOfShifts)).toBeLessThan(0.05);
  });
});
