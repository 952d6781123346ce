import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** The path of Chromium: `CHROMIUM_PATH` if it is set, else the path on Debian. */
const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** Whether Chromium is installed. */
export const hasChromium = existsSync(executablePath);

/** The warning that is shown if Chromium is not installed. */
export const NO_CHROMIUM = `BROWSER TESTS WERE SKIPPED: there is no Chromium at ${executablePath}. Set CHROMIUM_PATH to the path of Chromium.`;

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-background-networking'] });
}
