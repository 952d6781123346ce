import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { inject } from 'vitest';
import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { readBoardFiles } from '../../src/http/plugins/board-files.ts';
import { startServer } from '../../src/http/server.ts';
import { createLog } from '../../src/observability/log.ts';
import { createLiveStreams } from './live-streams.ts';
import { readRecording20251114 } from './recording-2025-11-14.ts';

/** Returns a CSS selector that finds a cell by the start of its label, for example 'RTX 4090 in EU-RO-1: low stock'. */
const cellSelector = (gpuType: string, dataCenter: string) => `[aria-label^="${gpuType} in ${dataCenter}:"]`;

/** Options for a board and its gateway. */
export interface BoardOptions {
  /** The settings of the gateway. Without settings, the gateway serves the recording. */
  readonly env?: Record<string, string>;
  /** The path and the query string of the page. By default, the page shows all GPU types and data centers, even those without stock. */
  readonly path?: string;
  readonly context?: BrowserContextOptions;
  /** Whether the test itself answers the subscriptions of the board. By default, the gateway answers them. */
  readonly isLive?: boolean;
}

/** Starts a gateway that serves the board. The gateway can be stopped and started again at the same address. */
export async function startBoardGateway({ env = {}, isLive = false }: BoardOptions) {
  let aheadMs = 0;
  const log = createLog({ level: 'silent', secrets: [] });
  const app = createApp({
    config: loadConfig(env),
    log,
    clock: { now: () => performance.now() + aheadMs, wallNow: () => Date.now() + aheadMs },
    readRecording: readRecording20251114,
    board: readBoardFiles(pathToFileURL(inject('boardFolder'))),
  });
  const { listener: answer } = app;
  const streams = createLiveStreams(answer);
  void app.keepFresh();
  const listener = isLive ? streams.handler : answer;
  let server = await startServer(listener, { host: '127.0.0.1', port: 0, log });
  const { url } = server;
  return {
    url,
    nextStream: () => streams.next(),
    streamCount: () => streams.count(),
    /** Advances both clocks of the gateway: the monotonic clock and the wall clock. */
    passSeconds: (seconds: number) => {
      aheadMs += seconds * 1000;
    },
    stop: () => server.close(0),
    /** Ends the background work of the gateway. */
    end: app.stop,
    async startAgain() {
      server = await startServer(listener, { host: '127.0.0.1', port: Number(new URL(url).port), log });
    },
  };
}

/** Starts a gateway and opens its board in a new profile of the browser. */
export async function openBoard(browser: Browser, options: BoardOptions = {}) {
  const gateway = await startBoardGateway(options);
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options.context });
  const page = await context.newPage();
  const foreignRequests: string[] = [];
  const consoleErrors: string[] = [];
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== gateway.url) foreignRequests.push(request.url());
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) consoleErrors.push(message.text());
  });
  page.on('pageerror', (error) => consoleErrors.push(error.message));
  await page.goto(`${gateway.url}${options.path ?? '/?view=matrix&all=yes'}`);
  return {
    page,
    context,
    gateway,
    /** Opens the same board in another tab of the same browser. */
    async openTab(): Promise<Page> {
      const tab = await context.newPage();
      await tab.goto(page.url());
      return tab;
    },
    /** URLs that the page has requested from other hosts. */
    foreignRequests,
    consoleErrors,
    cell: (gpuType: string, dataCenter: string) => page.locator(cellSelector(gpuType, dataCenter)),
    /** Resolves as soon as the board has read every cell from the gateway. */
    loaded: () =>
      page
        .locator('td.cell:not(.waiting)')
        .first()
        .waitFor()
        .then(() => page.locator('.waiting').first().waitFor({ state: 'detached' })),
    /** Returns the names of the GPU types in the table, from top to bottom. */
    rows: () =>
      page.locator('tbody th .gpu-name').evaluateAll((names) => names.map((name) => name.firstChild?.textContent)),
    async [Symbol.asyncDispose]() {
      await context.close();
      gateway.end();
      await gateway.stop();
    },
  };
}
