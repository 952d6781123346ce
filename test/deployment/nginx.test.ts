import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startFakeRunPod } from '../support/fake-runpod.ts';
import { connect as connectGateway } from '../support/gateway.ts';
import { createHeldAnswers } from '../support/held-answers.ts';
import { findFreePort } from '../support/redis.ts';
import { inStock, NOTHING } from '../support/stock.ts';
import { openLive, overMultipart, overSse, serve } from '../support/subscribers.ts';

const COMMAND = 'nginx';

/** Whether nginx is installed. Without nginx these tests are skipped with a message, or fail if `CI` is set. */
const HAS_NGINX = spawnSync(COMMAND, ['-v']).status === 0;
const NO_NGINX = 'nginx is not installed, so deploy/nginx.conf is not tested. Run apt-get install nginx-light.';
if (!HAS_NGINX && process.env['CI'] !== undefined) throw new Error(NO_NGINX);
if (!HAS_NGINX) process.stderr.write(`\n!! ${NO_NGINX}\n\n`);

/** Starts a stand-in for the gateway that records the requests that it receives. */
async function startBackend(answer: RequestListener) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    request.resume();
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const isListening = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

/** Starts nginx with a configuration, which contains the port on which nginx listens and a folder for its files. */
async function startNginx(configure: (port: number, folder: string) => string) {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-nginx-'));
  const port = await findFreePort();
  await writeFile(join(folder, 'nginx.conf'), configure(port, folder));
  const nginx = spawn(COMMAND, ['-c', join(folder, 'nginx.conf'), '-e', 'stderr', '-g', 'daemon off;']);
  const exit = new Promise((resolve) => nginx.once('exit', resolve));
  await expect.poll(() => isListening(port)).toBe(true);
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      nginx.kill('SIGTERM');
      await exit;
      await rm(folder, { recursive: true });
    },
  };
}

/**
 * Starts nginx with deploy/nginx.conf in front of gateways at these local ports. The names of containers are replaced with local addresses,
 * because only Docker can resolve the names.
 */
const startProxy = (ports: readonly number[]) =>
  startNginx((port, folder) =>
    readFileSync('deploy/nginx.conf', 'utf8')
      .replace(/^ *resolver .*$/m, '')
      .replace(
        /^ *server gateway:4000 resolve (.*);$/m,
        ports.map((one) => `server 127.0.0.1:${one} max_fails=0;`).join('\n'),
      )
      .replace('listen 8080;', `listen 127.0.0.1:${port};`)
      .replace('/tmp/nginx.pid', `${folder}/pid`)
      .replace('worker_processes auto;', 'worker_processes 1;'),
  );

/** Starts nginx in front of a gateway with only those settings that nginx needs to pass on requests. */
const startPlainProxy = (url: string) =>
  startNginx(
    (port, folder) => `pid ${folder}/pid;
      events {}
      http {
        access_log off;
        server { listen 127.0.0.1:${port}; location / { proxy_pass ${new URL(url).origin}; } }
      }`,
  );

const QUERIES: [string, string, RequestInit][] = [
  ['POST', '/graphql', { method: 'POST', body: '{"query":"{ upstream { health } }"}' }],
  ['GET', '/graphql?query={upstream{health}}', {}],
];

describe.skipIf(!HAS_NGINX)('deploy/nginx.conf', () => {
  it.each(QUERIES)(
    'does not send a %s again to another gateway if the first gateway closes the connection',
    async (_method, path, init) => {
      await using first = await startBackend((request) => request.socket.destroy());
      await using second = await startBackend((request) => request.socket.destroy());
      await using proxy = await startProxy([first.port, second.port]);
      expect((await fetch(`${proxy.url}${path}`, init)).status).toBe(502);
      expect([...first.seen, ...second.seen]).toHaveLength(1);
    },
  );

  it.each(QUERIES)(
    'sends a %s to another gateway if the first gateway refuses the connection',
    async (_method, path, init) => {
      await using gateway = await startBackend((_request, response) => response.end('answer'));
      await using proxy = await startProxy([await findFreePort(), gateway.port]);
      for (let times = 1; times <= 4; times += 1) {
        const response = await fetch(`${proxy.url}${path}`, init);
        expect([response.status, await response.text()]).toEqual([200, 'answer']);
        expect(gateway.seen).toHaveLength(times);
      }
    },
  );

  it('passes on the responses of a gateway, even if they are errors', async () => {
    await using gateway = await startBackend((_request, response) => response.writeHead(502).end('from the gateway'));
    await using proxy = await startProxy([gateway.port]);
    expect(await (await fetch(proxy.url)).text()).toBe('from the gateway');
    expect(gateway.seen).toHaveLength(1);
  });

  it('has the same limits for bodies and headers as the gateway', async () => {
    await using gateway = await startBackend((_request, response) => response.end('answer'));
    await using proxy = await startProxy([gateway.port]);
    const post = async (bytes: number) =>
      (await fetch(`${proxy.url}/graphql`, { method: 'POST', body: 'x'.repeat(bytes) })).status;
    expect([await post(1_000_000), await post(1_000_001)]).toEqual([200, 413]);
    const get = async (bytes: number) => (await fetch(`${proxy.url}/graphql?query=${'x'.repeat(bytes)}`)).status;
    expect([await get(14_000), await get(18_000)]).toEqual([200, 414]);
    expect(gateway.seen).toHaveLength(2);
  });
});

describe.skipIf(!HAS_NGINX)('nginx with default settings', () => {
  it.each([
    ['server-sent events', overSse],
    ['multipart', overMultipart],
  ])('passes on each change at once over %s', async (_transport, subscribe) => {
    await using gateway = await openLive();
    await using proxy = await startPlainProxy(gateway.url);
    const { stock } = gateway.runPod;
    stock.set('NVIDIA L4', 'EU-RO-1', NOTHING);
    const { changes, leave } = subscribe(`${proxy.url}/graphql`, { gpuType: 'L4' });
    await gateway.subscribed(1);
    for (const word of ['Low', 'Medium', 'High']) {
      stock.set('NVIDIA L4', 'EU-RO-1', inStock(word));
      await expect.poll(() => changes.at(-1)?.after.stock).toBe(word.toUpperCase());
    }
    leave();
  });

  it.each(['multipart/mixed', 'multipart/mixed;incrementalSpec=v0.2', 'text/event-stream'])(
    'passes on the first part of an answer before the gateway has the rest, as %s',
    async (accept) => {
      const held = createHeldAnswers();
      await using runPod = await startFakeRunPod(held.faults);
      await using gateway = await serve(connectGateway(runPod.url));
      await using proxy = await startPlainProxy(gateway.url);
      const filter = '{ includeUnavailable: true, dataCenterIds: ["EU-RO-1"] }';
      const query = `{ gpuAvailability(filter: ${filter}) { nodes @stream { stock } } }`;
      const asked = fetch(`${proxy.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body: JSON.stringify({ query }),
      });
      await expect.poll(held.names).toHaveLength(2);
      held.release();
      await expect.poll(held.names).toHaveLength(3);
      held.release();
      let text = '';
      const read = async () => {
        const { body } = await asked;
        for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) text += part;
      };
      const whole = read();
      // This text is only a part of the answer, because RunPod has answered only three of the requests for GPU types.
      await expect.poll(() => text).toContain('"stock":');
      await expect.poll(held.names).not.toHaveLength(0);
      runPod.fail();
      held.release();
      await whole;
    },
  );
});
