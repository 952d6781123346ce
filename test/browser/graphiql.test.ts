import { readdirSync, readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { startServer } from '../../src/http/server.ts';
import { createLog } from '../../src/observability/log.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { readRecording20251114 } from '../support/recording-2025-11-14.ts';

/** Starts a gateway and opens GraphiQL in a browser. Records requests to other hosts and errors in the browser console. */
async function openGraphiQL(search = '') {
  const log = createLog({ level: 'silent', secrets: [] });
  const { listener } = createApp({ config: loadConfig({}), log, readRecording: readRecording20251114 });
  const server = await startServer(listener, { host: '127.0.0.1', port: 0, log });
  const browser = await launchChromium();
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  const foreignRequests: string[] = [];
  const consoleErrors: string[] = [];
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== server.url) foreignRequests.push(request.url());
  });
  page.on('console', (message) => {
    if (message.type() === 'error') consoleErrors.push(message.text());
  });
  page.on('pageerror', (error) => consoleErrors.push(error.message));
  await page.goto(`${server.url}/graphql${search}`);
  return {
    page,
    foreignRequests,
    consoleErrors,
    async [Symbol.asyncDispose]() {
      await browser.close();
      await server.close(0);
    },
  };
}

/** The text in the editor. The editor shows each space as a no-break space. */
const editorText = async (page: Page) =>
  (await page.locator('.graphiql-query-editor .view-lines').innerText()).replaceAll('\u00a0', ' ');

/** Clicks a tab once, at its current position, as a person with a mouse does. */
async function clickTab(page: Page, tab: Locator): Promise<void> {
  await tab.scrollIntoViewIfNeeded();
  const box = await tab.boundingBox();
  if (box === null) throw new Error('the tab is not visible');
  await page.mouse.move(box.x + 20, box.y + box.height / 2);
  await page.mouse.down();
  // People hold the mouse button down for a moment. The page may change during that time.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  await page.mouse.up();
}

/** Waits until the page has its final fonts, which change the width of the tabs. */
async function waitForLayout(page: Page): Promise<void> {
  await page.locator('.graphiql-query-editor .view-lines').waitFor();
  await page.evaluate(() => document.fonts.ready);
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

const EXAMPLES = readdirSync('operations/graphiql').toSorted();
const nameOf = (file: string) => /^query (\w+)/m.exec(readFileSync(`operations/graphiql/${file}`, 'utf8'))?.[1] ?? file;

describe.skipIf(!hasChromium)('GraphiQL in a browser', () => {
  it('runs the first example and loads nothing from other hosts', async () => {
    await using graphiql = await openGraphiQL();
    const { page } = graphiql;
    await page.getByRole('button', { name: /execute query/i }).click();
    await page.getByText('"EU-CZ-1"').waitFor();
    const screenshot = process.env['SCREENSHOT'];
    if (screenshot !== undefined) await page.screenshot({ path: screenshot });
    expect(graphiql.foreignRequests).toEqual([]);
    expect(graphiql.consoleErrors).toEqual([]);
  });

  it.each([
    ['in a window of one size', null],
    ['after the window has become narrower than the tabs', { width: 700, height: 900 }],
  ])('shows each example after one click on its tab, %s', async (_when, size) => {
    await using graphiql = await openGraphiQL();
    const { page } = graphiql;
    await waitForLayout(page);
    if (size !== null) await page.setViewportSize(size);
    for (const name of [...EXAMPLES.map(nameOf), ...EXAMPLES.map(nameOf).toReversed()]) {
      await clickTab(page, page.locator('.graphiql-tab', { hasText: name }));
      await expect.poll(() => editorText(page), { timeout: 2000 }).toContain(`query ${name}`);
    }
  });

  it('documents the schema without the types and fields of Federation', async () => {
    await using graphiql = await openGraphiQL();
    const { page } = graphiql;
    await page.getByRole('button', { name: /show documentation explorer/i }).click();
    const docs = page.locator('.graphiql-plugin');
    await docs.getByText('UpstreamHealth', { exact: true }).waitFor();
    const types = (await docs.innerText()).split('\n');
    await docs.getByText('Query', { exact: true }).click();
    await docs.getByText('dataCenters', { exact: true }).waitFor();
    const fields = await docs.locator('.graphiql-doc-explorer-field-name').allInnerTexts();
    expect([...types, ...fields].filter((name) => /^_|link__|federation__|FieldSet/.test(name))).toEqual([]);
    expect(fields).toContain('gpuAvailability');
  });

  it('opens the operation in its address, with its variables, beside the examples', async () => {
    const query = 'query Linked($id: ID!) { gpuType(id: $id) { memoryGb } }';
    const variables = '{ "id": "NVIDIA L4" }';
    await using graphiql = await openGraphiQL(`?${new URLSearchParams({ query, variables })}`);
    const { page } = graphiql;
    await expect.poll(() => editorText(page)).toContain(query);
    await page.getByRole('button', { name: /execute query/i }).click();
    await page.locator('.result-window').getByText('"memoryGb"').waitFor();
    const tabs = await page.locator('.graphiql-tab-button').allInnerTexts();
    expect(tabs).toEqual(['Linked', ...EXAMPLES.map(nameOf)]);
    expect(graphiql.consoleErrors).toEqual([]);
  });

  it('reorders the tabs by dragging', async () => {
    await using graphiql = await openGraphiQL();
    const { page } = graphiql;
    await waitForLayout(page);
    const names = () => page.locator('.graphiql-tab-button').allInnerTexts();
    const [first, second] = await names();
    const [from, to] = await Promise.all([0, 1].map((index) => page.locator('.graphiql-tab').nth(index).boundingBox()));
    if (from == null || to == null) throw new Error('the tabs are not visible');
    const y = from.y + from.height / 2;
    await page.mouse.move(from.x + 20, y);
    await page.mouse.down();
    await page.mouse.move(from.x + to.width, y, { steps: 20 });
    await page.mouse.up();
    await expect.poll(async () => (await names()).slice(0, 2)).toEqual([second, first]);
  });
});
