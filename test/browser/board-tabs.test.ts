import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBoard } from '../support/board.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { startFakeRunPod } from '../support/fake-runpod.ts';
import type { LiveStream } from '../support/live-streams.ts';
import { notificationsOf, recordNotifications } from '../support/notifications.ts';
import { NOTHING } from '../support/stock.ts';

let browser: Browser;
beforeAll(async () => {
  if (hasChromium) browser = await launchChromium();
});
afterAll(() => browser?.close());

/** Settings of a gateway whose source is the fake RunPod at `url`. */
const live = (url: string) => ({ UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: url, UPSTREAM_RETRIES: '0' });

/** Returns an event with this id: the GPU type has become available in EU-RO-1. */
const appeared = (id: string, gpuTypeId: string) => ({
  data: {
    gpuAvailabilityChanged: {
      id,
      kind: 'APPEARED',
      after: {
        gpuType: { id: gpuTypeId },
        dataCenter: { id: 'EU-RO-1' },
        available: true,
        stock: 'HIGH',
        onDemandPrice: { perGpu: 0.55, perPod: 0.55 },
        spotPrice: null,
        availableGpuCounts: null,
        observedAt: new Date(Date.now() + 1000).toISOString(),
        stale: false,
      },
    },
  },
});

const ADA = { id: 'NVIDIA RTX 5000 Ada Generation', name: 'RTX 5000 Ada' };
const MI300X = { id: 'AMD Instinct MI300X OAM', name: 'MI300X' };

/** Resolves when this page shows that the GPU type has a high stock in EU-RO-1, as the event reports. */
const showsEvent = (page: Page, { name }: { readonly name: string }) =>
  page.locator(`[aria-label="${name} in EU-RO-1: high stock"]`).waitFor();

/** Resolves when the status in the header of this page is 'Live'. */
const becomesLive = (page: Page) => page.getByText('Live', { exact: true }).waitFor();

/** Opens `count` tabs of a live board whose event stream the test controls. The first tab is the leader, which receives the stream. */
async function openTabs(count: number) {
  const runPod = await startFakeRunPod();
  for (const { id } of [ADA, MI300X]) runPod.stock.set(id, 'EU-RO-1', NOTHING);
  const board = await openBoard(browser, { env: live(runPod.url), isLive: true });
  const stream = await board.gateway.nextStream();
  await becomesLive(board.page);
  const others = await Promise.all(Array.from({ length: count - 1 }, () => board.openTab()));
  await Promise.all(others.map(becomesLive));
  return {
    ...board,
    stream,
    others,
    async [Symbol.asyncDispose]() {
      await board[Symbol.asyncDispose]();
      await runPod[Symbol.asyncDispose]();
    },
  };
}

/** Waits for the next stream request to the gateway. Returns the stream, and the waiting time in milliseconds. */
async function nextStreamTimed({ gateway }: { readonly gateway: { readonly nextStream: () => Promise<LiveStream> } }) {
  const startedAt = performance.now();
  const stream = await gateway.nextStream();
  return { stream, tookMs: performance.now() - startedAt };
}

const bell = (page: Page, gpuType: string) =>
  page.getByRole('button', { name: `Notify me when ${gpuType} is available`, exact: true });

describe.skipIf(!hasChromium)('bells of two tabs', () => {
  it('are shown in both tabs, and neither tab overwrites the bells of the other tab', async () => {
    await using board = await openBoard(browser);
    const other = await board.openTab();
    await bell(board.page, 'MI300X').click();
    await bell(other, 'RTX 5000 Ada').click();
    for (const page of [board.page, other]) {
      await bell(page, 'MI300X').and(page.locator('[aria-pressed=true]')).waitFor();
      await bell(page, 'RTX 5000 Ada').and(page.locator('[aria-pressed=true]')).waitFor();
    }
    await other.reload();
    await bell(other, 'MI300X').waitFor();
    await expect.poll(() => other.locator('.bell[aria-pressed=true]').count()).toBe(2);
  });
});

describe.skipIf(!hasChromium)('the event stream of a browser', () => {
  it('serves ten tabs, although a browser opens only six connections to a host', async () => {
    await using tabs = await openTabs(10);
    tabs.stream.send(appeared('1', ADA.id));
    await Promise.all([tabs.page, ...tabs.others].map((page) => showsEvent(page, ADA)));
    expect(tabs.gateway.streamCount()).toBe(1);
    expect(tabs.consoleErrors).toEqual([]);
  });
});

describe.skipIf(!hasChromium)('the event stream of a tab that has closed or crashed', () => {
  it('is continued by another tab within two seconds after the tab closes', async () => {
    await using tabs = await openTabs(2);
    tabs.stream.send(appeared('7', ADA.id));
    let leader = tabs.page;
    let [follower] = tabs.others;
    let fastestMs = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 3 && follower !== undefined; round += 1) {
      await showsEvent(follower, ADA);
      await leader.close();
      const { stream, tookMs } = await nextStreamTimed(tabs);
      expect(stream.variables).toEqual({ gpuCount: 1, lastEventId: '7' });
      fastestMs = Math.min(fastestMs, tookMs);
      leader = follower;
      follower = await tabs.openTab();
      await becomesLive(follower);
      stream.send(appeared('7', ADA.id));
    }
    expect(fastestMs).toBeLessThan(2000);
  });

  it('reaches all remaining tabs after one of them has continued the stream', async () => {
    await using tabs = await openTabs(3);
    tabs.stream.send(appeared('7', ADA.id));
    await Promise.all(tabs.others.map((page) => showsEvent(page, ADA)));
    await tabs.page.close();
    const next = await tabs.gateway.nextStream();
    next.send(appeared('8', MI300X.id));
    await Promise.all(tabs.others.map((page) => showsEvent(page, MI300X)));
  });

  it('is continued by another tab when the tab crashes', async () => {
    await using tabs = await openTabs(2);
    tabs.stream.send(appeared('7', ADA.id));
    await Promise.all(tabs.others.map((page) => showsEvent(page, ADA)));
    const crashed = tabs.page.waitForEvent('crash');
    tabs.page.goto('chrome://crash').catch(() => {});
    await crashed;
    const { stream, tookMs } = await nextStreamTimed(tabs);
    expect(stream.variables.lastEventId).toBe('7');
    expect(tookMs).toBeLessThan(2000);
  });
});

describe.skipIf(!hasChromium)('the event stream of a tab that stops running', () => {
  it('is continued by another tab when the tab is frozen, and the frozen tab reads again when it resumes', async () => {
    await using tabs = await openTabs(2);
    tabs.stream.send(appeared('7', ADA.id));
    await Promise.all(tabs.others.map((page) => showsEvent(page, ADA)));
    // In a headless browser every tab is visible, and a browser freezes no visible tab. So the test itself dispatches the events of a tab
    // that is frozen and resumed.
    await tabs.page.evaluate("document.dispatchEvent(new Event('freeze'))");
    const next = await tabs.gateway.nextStream();
    expect(next.variables.lastEventId).toBe('7');
    next.send(appeared('8', MI300X.id));
    await Promise.all(tabs.others.map((page) => showsEvent(page, MI300X)));
    const readAgain = tabs.page.waitForRequest((request) => request.postData()?.includes('"variables":{}') ?? false);
    await tabs.page.evaluate("document.dispatchEvent(new Event('resume'))");
    await readAgain;
  });

  it('is continued by another tab when the script of the tab hangs', async () => {
    await using tabs = await openTabs(2);
    tabs.stream.send(appeared('7', ADA.id));
    await Promise.all(tabs.others.map((page) => showsEvent(page, ADA)));
    tabs.page.evaluate('for (;;);').catch(() => {});
    expect((await tabs.gateway.nextStream()).variables.lastEventId).toBe('7');
  });
});

describe.skipIf(!hasChromium)('the event streams of a browser', () => {
  it('differ by pod size', async () => {
    await using tabs = await openTabs(2);
    await tabs.others[0]?.getByLabel('GPUs per pod').selectOption('4');
    expect((await tabs.gateway.nextStream()).variables).toEqual({ gpuCount: 4, lastEventId: null });
  });

  it('are at most three, and a waiting tab gets a stream when another tab closes', async () => {
    await using tabs = await openTabs(4);
    const [second, third, fourth] = tabs.others;
    for (const [page, gpuCount] of [
      [second, 2],
      [third, 4],
    ] as const) {
      await page?.getByLabel('GPUs per pod').selectOption(String(gpuCount));
      expect((await tabs.gateway.nextStream()).variables.gpuCount).toBe(gpuCount);
    }
    await fourth?.getByLabel('GPUs per pod').selectOption('8');
    await fourth?.getByText('Polls every 20 s', { exact: true }).waitFor();
    expect(tabs.gateway.streamCount()).toBe(3);
    await second?.close();
    expect((await tabs.gateway.nextStream()).variables).toEqual({ gpuCount: 8, lastEventId: null });
    if (fourth !== undefined) await becomesLive(fourth);
  });
});

describe.skipIf(!hasChromium)('separate event streams', () => {
  it('are opened for different client keys, and no tab sends its key to another tab', async () => {
    await using board = await openBoard(browser, { env: { CLIENT_API_KEYS: 'key-one,key-two' }, isLive: true });
    await board.context.addInitScript(() => {
      const sent: unknown[] = [];
      class RecordedChannel extends BroadcastChannel {
        override postMessage(message: unknown): void {
          sent.push(this.name, message);
          // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel reaches only its own origin
          super.postMessage(message);
        }
      }
      Object.assign(globalThis, { sent, BroadcastChannel: RecordedChannel });
    });
    const openWith = async (key: string) => {
      const tab = await board.openTab();
      await tab.getByLabel('This gateway requires a client key').fill(key);
      await tab.keyboard.press('Enter');
      return tab;
    };
    /**
     * Returns the authorization header of the next stream request that has one. A tab without a key first sends a request without the
     * header.
     */
    const nextKey = async (): Promise<string> => {
      const stream = await board.gateway.nextStream();
      if (stream.authorization !== undefined) return stream.authorization;
      stream.complete();
      return nextKey();
    };
    const one = await openWith('key-one');
    expect(await nextKey()).toBe('Bearer key-one');
    const two = await openWith('key-two');
    expect(await nextKey()).toBe('Bearer key-two');
    await expect.poll(() => Promise.all([one, two].map((tab) => tab.evaluate('sent.length')))).not.toContain(0);
    for (const tab of [one, two]) expect(await tab.evaluate('JSON.stringify(sent)')).not.toMatch(/key-(one|two)/);
  });

  it('are opened by each tab when the browser has no locks', async () => {
    await using runPod = await startFakeRunPod();
    await using board = await openBoard(browser, { env: live(runPod.url), isLive: true });
    await board.gateway.nextStream();
    await board.context.addInitScript('delete Navigator.prototype.locks');
    const tab = await board.openTab();
    await board.gateway.nextStream();
    await becomesLive(tab);
  });
});

describe.skipIf(!hasChromium)('a notification', () => {
  it('is sent once, however many tabs show the report', async () => {
    await using tabs = await openTabs(1);
    await recordNotifications(tabs.context);
    await tabs.page.reload();
    const stream = await tabs.gateway.nextStream();
    const pages = [tabs.page, await tabs.openTab(), await tabs.openTab()];
    for (const { name } of [ADA, MI300X]) await bell(tabs.page, name).click();
    /** Sends an event, and waits until every tab shows a message about this event. */
    const inAll = async ({ id, name }: typeof ADA, eventId: string) => {
      await Promise.all(pages.map(becomesLive));
      stream.send(appeared(eventId, id));
      await Promise.all(pages.map((page) => page.getByRole('status').getByText(`${name} in EU-RO-1`).waitFor()));
    };
    await inAll(ADA, '1');
    // Sends a second event. When every tab shows the message about it, every tab has already decided whether to send a notification about
    // the first event.
    await inAll(MI300X, '2');
    const texts = async () => (await Promise.all(pages.map(notificationsOf))).flat();
    await expect.poll(texts).toContainEqual(expect.stringContaining(MI300X.name));
    expect((await texts()).filter((text) => text.includes(ADA.name))).toHaveLength(1);
  });
});
