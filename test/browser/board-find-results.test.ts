import { execFile } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { copied, firstOption, openFind, searchOf } from '../support/find-view.ts';

let browser: Browser;
beforeAll(async () => {
  if (hasChromium) browser = await launchChromium();
});
afterAll(() => browser?.close());

/** Creates a simulated visitor whose clicks are counted. Typing a text or choosing from a list counts as one click. */
function createVisitor() {
  let clicks = 0;
  const counted = (act: Promise<unknown>) => {
    clicks += 1;
    return act;
  };
  return {
    clicks: () => clicks,
    click: (target: Locator) => counted(target.click()),
    type: (target: Locator, words: string) => counted(target.fill(words)),
    choose: (target: Locator, option: string) => counted(target.selectOption(option)),
  };
}

/** Runs a copied command in a shell with a fake curl. Returns the arguments that curl gets. */
async function argumentsOf(command: string): Promise<readonly string[]> {
  const script = `curl() { printf '%s\\n\\0' "$@"; }\n${command}`;
  const { stdout } = await promisify(execFile)('sh', ['-c', script], { env: { RUNPOD_API_KEY: 'secret' } });
  return stdout.split('\n\0').slice(0, -1);
}

/** Returns the body of the request that a copied command sends. */
async function bodyOf(command: string): Promise<unknown> {
  const list = await argumentsOf(command);
  return JSON.parse(list[list.indexOf('--data-raw') + 1] ?? '');
}

describe.skipIf(!hasChromium)('a visitor needs at most four clicks to copy a request', () => {
  it('for the cheapest RTX 4090 in Europe', async () => {
    await using board = await openFind(browser);
    const { page } = board;
    const visitor = createVisitor();
    await visitor.type(page.getByLabel('GPU', { exact: true }), 'RTX 4090');
    await visitor.choose(page.getByLabel('Where'), 'Europe');
    await page.getByRole('heading', { name: '5 pods meet all needs' }).waitFor();
    await visitor.click(firstOption(page).getByRole('button', { name: 'Copy curl' }));
    await firstOption(page).getByText('Copied').first().waitFor();
    const command = await copied(page);
    expect(await bodyOf(command)).toMatchObject({
      gpu: { id: 'NVIDIA GeForce RTX 4090', count: 1 },
      dataCenterIds: ['EU-RO-1'],
    });
    expect((await argumentsOf(command)).slice(0, 6)).toEqual([
      '-X',
      'POST',
      'https://api.runpod.io/v2/pods',
      '-H',
      'Content-Type: application/json',
      '-H',
    ]);
    expect(command).toContain('"Authorization: Bearer $RUNPOD_API_KEY"');
    expect(visitor.clicks()).toBeLessThanOrEqual(4);
  });

  it('for a pod with eight H100 GPUs and a maximum price', async () => {
    await using board = await openFind(browser);
    const { page } = board;
    const visitor = createVisitor();
    await visitor.type(page.getByLabel('GPU', { exact: true }), 'h100');
    await visitor.click(page.getByRole('radio', { name: '8', exact: true }));
    await visitor.type(page.getByLabel('$/h per pod, at most'), '20');
    await page.getByRole('heading', { name: '1 pod meets all needs' }).waitFor();
    await visitor.click(firstOption(page).getByRole('button', { name: 'Copy JSON' }));
    await firstOption(page).getByText('Copied').first().waitFor();
    expect(JSON.parse(await copied(page))).toMatchObject({ gpu: { id: 'NVIDIA H100 PCIe', count: 8 } });
    expect(visitor.clicks()).toBeLessThanOrEqual(4);
  });

  it('for the data center in which to put a network volume for A100', async () => {
    await using board = await openFind(browser);
    const { page } = board;
    const visitor = createVisitor();
    await visitor.type(page.getByLabel('GPU', { exact: true }), 'a100');
    await visitor.click(page.getByText('More needs'));
    await visitor.click(page.getByLabel('Network volume'));
    await page.getByRole('heading', { name: '5 pods meet all needs' }).waitFor();
    await visitor.click(firstOption(page).getByRole('button', { name: 'Copy curl' }));
    await firstOption(page).getByText('Copied').first().waitFor();
    expect(await bodyOf(await copied(page))).toMatchObject({ dataCenterIds: ['EU-RO-1'] });
    expect(visitor.clicks()).toBeLessThanOrEqual(4);
  });
});

describe.skipIf(!hasChromium)('the list of pods', () => {
  it('can be ordered by stock, extended and downloaded', async () => {
    await using board = await openFind(browser);
    const { page } = board;
    await page.getByRole('radio', { name: 'Likeliest first' }).click();
    await firstOption(page).getByText('high stock').waitFor();
    await page.getByRole('button', { name: 'Show 50 of 79 pods' }).click();
    await expect.poll(() => page.locator('.option').count()).toBe(50);
    expect(searchOf(page)).toBe('?order=likeliest&show=50');
    await page.getByRole('button', { name: 'Show 79 of 79 pods' }).click();
    await expect.poll(() => page.locator('.option').count()).toBe(79);
    const save = async (name: string) => {
      const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
      return text(await file.createReadStream());
    };
    const lines = (await save('Download the list as CSV')).trimEnd().split('\r\n');
    expect(lines).toHaveLength(80);
    expect(lines[1]).toMatch(/^1,NVIDIA .+,HIGH,/);
    const json = JSON.parse(await save('Download the list as JSON'));
    expect(json).toMatchObject({ source: 'RECORDED', totalCount: 79, needs: {}, options: { length: 79 } });
    expect(json.options[0].createRequest.url).toBe('https://api.runpod.io/v2/pods');
  });

  it('has a link to GraphiQL with its query, and a button that copies the same query as a curl command', async () => {
    await using board = await openFind(browser, { path: '/?gpu=a100&price=2' });
    const { page } = board;
    await page.getByRole('button', { name: 'Copy curl for this question' }).click();
    await page.getByText('Copied').first().waitFor();
    const response = await fetch(`${board.gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(await bodyOf(await copied(page))),
    });
    expect(await response.json()).toMatchObject({ data: { placement: { totalCount: 8 } } });
    await page.getByRole('link', { name: 'Open in GraphiQL' }).click();
    await page.getByRole('button', { name: /execute query/i }).click();
    await page.locator('.result-window').getByText('"totalCount"').waitFor();
  });
});
