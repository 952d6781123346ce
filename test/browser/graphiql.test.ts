import { describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { startServer } from '../../src/http/server.ts';
import { createLog } from '../../src/observability/log.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { readRecording20251114 } from '../support/recording-2025-11-14.ts';

/** Starts a gateway and opens GraphiQL in a browser. Records requests to other hosts and errors in the browser console. */
async function openGraphiQL() {
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
  await page.goto(`${server.url}/graphql`);
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
});
