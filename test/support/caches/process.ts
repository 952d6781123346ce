import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { findFreePort } from '../redis.ts';

/** Returns the command that starts a server on `port`. The server may write to `folder`, which is removed after the server has ended. */
export type Command = (port: number, folder: string) => Promise<readonly [command: string, ...args: string[]]>;

/** Starts a server as a process on a free port of this machine. Resolves when the server accepts connections. */
export async function startProcess(name: string, commandOf: Command) {
  const folder = await mkdtemp(join(tmpdir(), `gateway-${name}-`));
  // If root starts a server, its workers may run as another user. That user must be able to read the folder.
  await chmod(folder, 0o755);
  const port = await findFreePort();
  const [command, ...args] = await commandOf(port, folder);
  const server = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  server.stderr.resume();
  const exit = new Promise((resolve) => server.once('exit', resolve));
  await expect.poll(() => isListening(port)).toBe(true);
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.kill('SIGTERM');
      await exit;
      await rm(folder, { recursive: true });
    },
  };
}

const isListening = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
