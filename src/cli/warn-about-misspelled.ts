import type { Config } from '../config.ts';
import { describeMisspelled } from '../settings/misspelled-settings.ts';

/** Warns on stderr about the names in the environment that resemble a setting but are none. They have no effect. */
export function warnAboutMisspelled({ misspelled }: Config): void {
  for (const setting of misspelled) process.stderr.write(`${describeMisspelled(setting)}\n`);
}
