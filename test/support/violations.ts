import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/**
 * Returns the accessibility violations that axe-core finds on a page. The test evaluates the script of axe-core, because the page's Content
 * Security Policy blocks other ways to load scripts.
 */
export async function violationsOf(page: Page): Promise<readonly string[]> {
  const script = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(script);
  const { violations, passes } = (await page.evaluate('axe.run()')) as AxeResults;
  expect(passes.map(({ id }) => id)).toContain('color-contrast');
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
}
