import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where Debian puts Chromium, or another one's path. */
const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** Whether there is a browser to test in. */
export const hasChromium = existsSync(executablePath);

/** What to say where there is none. */
export const NO_CHROMIUM = `NOTHING WAS TESTED IN A BROWSER: there is no Chromium at ${executablePath} (CHROMIUM_PATH names another one)`;

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-background-networking'] });
}
