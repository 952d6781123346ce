import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Where the gateway is built for the tests that run it as a process: beside the folders that it reads. */
export const BUILT = '.build-test';

/** Builds the gateway once before all tests, because starting it from source would take a second each time. */
export default async function setup(): Promise<void> {
  const vite = 'node_modules/vite/bin/vite.js';
  await promisify(execFile)(process.execPath, [vite, 'build', '--ssr', '--outDir', BUILT]);
}
