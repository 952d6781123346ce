import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { type BoardOptions, openBoard } from './board.ts';

const CLIPBOARD: BrowserContextOptions = { permissions: ['clipboard-read', 'clipboard-write'] };

/** Opens the view that finds pods, and waits for its first answer. */
export async function openFind(browser: Browser, options: BoardOptions = {}) {
  const board = await openBoard(browser, { path: '/', context: CLIPBOARD, ...options });
  await board.page.getByRole('heading', { name: /pods? (meets? all needs|available)|No pod/ }).waitFor();
  return board;
}

/** Returns the query string of the page. */
export const searchOf = (page: Page) => new URL(page.url()).search;

/** Returns the text in the clipboard. */
export const copied = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

/** Finds the first pod in the list. */
export const firstOption = (page: Page) => page.locator('.option').first();
