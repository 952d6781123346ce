import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Builds the library into dist once before all tests. Then files of the project can import the library by its package name. */
export default async function setup(): Promise<void> {
  const vite = 'node_modules/vite/bin/vite.js';
  await promisify(execFile)(process.execPath, [vite, 'build', '--ssr', '--mode', 'library', '--logLevel', 'warn']);
}
