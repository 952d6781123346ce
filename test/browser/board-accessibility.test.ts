import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBoard } from '../support/board.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { answerWith, startFakeRunPod } from '../support/fake-runpod.ts';
import { violationsOf } from '../support/violations.ts';

let browser: Browser;
beforeAll(async () => {
  if (hasChromium) browser = await launchChromium();
});
afterAll(() => browser?.close());

const PHONE = { width: 360, height: 740 };

/** Settings of a gateway whose source is the fake RunPod at `url`. */
const live = (url: string) => ({ UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: url, UPSTREAM_RETRIES: '0' });

describe.skipIf(!hasChromium)('the accessibility of the page', () => {
  it.each([
    ['light', { colorScheme: 'light' as const }],
    ['dark', { colorScheme: 'dark' as const }],
    ['phone', { viewport: PHONE }],
  ])('has no violation: %s', async (_name, context) => {
    await using runPod = await startFakeRunPod(({ variables }) =>
      variables?.['gpuTypeId'] === 'NVIDIA L4' ? answerWith(500, '') : undefined,
    );
    await using board = await openBoard(browser, {
      env: live(runPod.url),
      context,
      path: '/?view=matrix&region=EUROPE&memory=24&all=yes',
    });
    await board.loaded();
    await board.page.locator('.failures summary').click();
    await board.cell('A100 PCIe', 'EU-RO-1').focus();
    await board.page.getByRole('tooltip').waitFor();
    expect(await violationsOf(board.page)).toEqual([]);
  });

  it('has no violation in the recording banner, the details of a data center, the help without rows, and the key form', async () => {
    // The table has few rows, because axe-core takes a long time to check each cell.
    await using recorded = await openBoard(browser, { path: '/?view=matrix&memory=141' });
    await recorded.loaded();
    expect(await violationsOf(recorded.page)).toEqual([]);
    await recorded.page.locator('[data-place="EU-RO-1"]').focus();
    await recorded.page.getByRole('tooltip').waitFor();
    expect(await violationsOf(recorded.page)).toEqual([]);
    await recorded.page.goto(`${recorded.gateway.url}/?view=matrix&gpu=mi300x&memory=1000`);
    await recorded.page.getByText('No GPU type matches the filters.').waitFor();
    expect(await violationsOf(recorded.page)).toEqual([]);
    await using locked = await openBoard(browser, { env: { CLIENT_API_KEYS: 'k1' } });
    await locked.page.getByLabel('This gateway requires a client key').waitFor();
    expect(await violationsOf(locked.page)).toEqual([]);
  });
});
