import { spawnSync } from 'node:child_process';

/** Whether a runtime such as Deno is installed. If it is not, fails in CI, and prints a warning elsewhere. */
export function isInstalled(command: string): boolean {
  if (spawnSync(command, ['--version']).status === 0) return true;
  const message = `There is no ${command}: the gateway is not tested with it (npm install --global ${command}).`;
  if (process.env['CI'] !== undefined) throw new Error(message);
  process.stderr.write(`\n!! ${message}\n\n`);
  return false;
}
