import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * The folder with the build for tests that run the gateway as a process. It is in the root folder of the project, beside the folders that
 * the gateway reads.
 */
export const BUILT = '.build-test';

/** Builds the gateway once before all tests. Without a build, each start of the gateway would take a second longer. */
export default async function setup(): Promise<void> {
  const vite = 'node_modules/vite/bin/vite.js';
  await promisify(execFile)(process.execPath, [vite, 'build', '--ssr', '--outDir', BUILT]);
}
