import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBoard } from '../support/board.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';

let browser: Browser;
beforeAll(async () => {
  if (hasChromium) browser = await launchChromium();
});
afterAll(() => browser?.close());

/** Replaces the functions that load the language data of the browser with functions that fail. Runs in the page. */
function forbidIntl(): void {
  const fail = () => {
    throw new Error('the page has used Intl');
  };
  for (const name of ['Collator', 'DateTimeFormat', 'DisplayNames', 'ListFormat', 'NumberFormat', 'PluralRules']) {
    Object.assign(Intl, { [name]: fail });
  }
  for (const type of [String, Number, Date]) {
    for (const name of Object.getOwnPropertyNames(type.prototype)) {
      if (name.startsWith('toLocale') || name === 'localeCompare') Object.assign(type.prototype, { [name]: fail });
    }
  }
}

describe.skipIf(!hasChromium)('the page', () => {
  it.each([
    ['find', '/?gpu=a100', '8 pods meet all needs'],
    ['matrix', '/?view=matrix&all=yes', 'All 1599 cells are known'],
  ])('draws the view %s without Intl, whose first use would block it', async (_view, path, text) => {
    // Opens another page first, so that `forbidIntl` is in place when the board loads.
    await using board = await openBoard(browser, { path: '/schema.graphql' });
    await board.page.addInitScript(forbidIntl);
    await board.page.goto(`${board.gateway.url}${path}`);
    await board.page.getByText(text).last().waitFor();
    expect(board.consoleErrors.filter((message) => message.includes('Intl'))).toEqual([]);
  });
});
