import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';
import { hasChromium, NO_CHROMIUM } from './chromium.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the board that was built for the tests. The path ends with a slash. */
    readonly boardFolder: string;
  }
}

/** Builds the board before the browser tests. Without Chromium, the browser tests are skipped with a message, or fail if `CI` is set. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  if (!hasChromium && process.env['CI'] !== undefined) throw new Error(NO_CHROMIUM);
  if (!hasChromium) process.stderr.write(`\n${NO_CHROMIUM}\n\n`);
  const folder = await mkdtemp(join(tmpdir(), 'board-'));
  await build({
    configFile: 'vite.config.ts',
    mode: 'production',
    logLevel: 'warn',
    build: { outDir: folder, emptyOutDir: true },
  });
  provide('boardFolder', `${folder}/`);
  return () => rm(folder, { recursive: true });
}
