import type { Config } from '../config.ts';
import { describeMisspelled } from '../settings/misspelled-settings.ts';

/** Warns on stderr about environment variables that have no effect, but whose names resemble a setting. */
export function warnAboutMisspelled({ misspelled }: Config): void {
  for (const setting of misspelled) process.stderr.write(`${describeMisspelled(setting)}\n`);
}
