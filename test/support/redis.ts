import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

const COMMAND = 'redis-server';

/** Whether Redis is installed. If it is missing, the tests that need it are skipped with a message, or fail if `CI` is set. */
export const HAS_REDIS = spawnSync(COMMAND, ['--version']).status === 0;

if (!HAS_REDIS) {
  const message = 'There is no redis-server: what replicas share is not tested (apt-get install redis-server).';
  if (process.env['CI'] !== undefined) throw new Error(message);
  process.stderr.write(`\n!! ${message}\n\n`);
}

/** Returns a port of this machine on which no process listens at the moment. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a real Redis on a free port of this machine. It loses all data when it is stopped. */
export async function startRedis() {
  const port = await findFreePort();
  let server: ChildProcess | null = null;

  async function start(): Promise<void> {
    const started = spawn(COMMAND, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']);
    server = started;
    for await (const line of createInterface(started.stdout)) if (line.includes('Ready to accept')) break;
    started.stdout.resume();
  }

  async function kill(): Promise<void> {
    const killed = server;
    server = null;
    if (killed === null) return;
    const exit = once(killed, 'exit');
    killed.kill('SIGKILL');
    await exit;
  }

  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    start,
    kill,
    signal: (signal: NodeJS.Signals) => server?.kill(signal),
    [Symbol.asyncDispose]: kill,
  };
}
