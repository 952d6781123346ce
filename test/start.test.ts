import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { readNewestRecording } from '../src/upstream/recorded/recording.ts';
import { answerWith, type Fault, startFakeRunPod } from './support/fake-runpod.ts';
import { killAll, program, start } from './support/start.ts';
import { TRANSPORTS } from './support/subscribers.ts';

const QUERY = JSON.stringify({ query: '{ gpuAvailability { totalCount } }' });

afterEach(killAll);

/**
 * Starts a gateway and a client that waits for its answer. The stand-in for RunPod answers price requests only after `release` has been
 * called.
 */
async function startWithClientWaiting() {
  const held: (() => void)[] = [];
  let onHeld = () => {};
  const isHeld = new Promise<void>((resolve) => {
    onHeld = resolve;
  });
  let released = false;
  const hold: Fault = (response, good) => {
    // A request that arrives after the call of `release` is answered immediately.
    if (released) answerWith(200, good)(response, good);
    else held.push(() => answerWith(200, good)(response, good));
    onHeld();
  };
  const runPod = await startFakeRunPod(({ operationName }) => (operationName === 'LowestPrices' ? hold : undefined));
  const started = start({ UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: runPod.url });
  const url = await started.ready;
  const answer = fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: QUERY });
  await isHeld;
  const release = () => {
    released = true;
    runPod.fail();
    for (const answerHeld of held) answerHeld();
  };
  return { ...started, url, answer, release, [Symbol.asyncDispose]: () => runPod[Symbol.asyncDispose]() };
}

const readMetrics = async (url: string) => (await fetch(new URL('/metrics', url))).text();

describe('npm start', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('prints its address, answers, and exits 0 on %s', async (signal) => {
    const { gateway, ready, exit, lines } = start({ UPSTREAM: 'recorded' }, ['npm', 'start']);
    const url = await ready;
    expect(lines.join('\n')).toContain(`the recording of ${readNewestRecording().recordedAt}`);
    const page = await fetch(url, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).not.toMatch(/(src|href)="https?:/);
    const board = await fetch(new URL('/', url));
    const [script = ''] = /\/assets\/[^"]+\.js/.exec(await board.text()) ?? [];
    expect((await fetch(new URL(script, url))).headers.get('cache-control')).toContain('immutable');
    expect((await fetch(new URL('/health', url))).status).toBe(200);
    expect(await readMetrics(url)).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m);
    gateway.kill(signal);
    expect(await exit).toBe(0);
    await expect(fetch(new URL('/health', url))).rejects.toThrow('fetch failed');
  });

  it('exits 1 and names every invalid setting', async () => {
    const { exit, stderr } = start({ PORT: 'x', LOG_LEVEL: 'inof' });
    expect(await exit).toBe(1);
    expect(stderr.join('')).toMatch(
      /^PORT is a word \(length 1, not shown\); it must be .*\nLOG_LEVEL is the word "inof"; it must be .*\n$/,
    );
  });

  it('exits 1 and names the settings to change when it cannot listen', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { exit, stderr } = start({ PORT: String((other.address() as AddressInfo).port) });
    expect(await exit).toBe(1);
    expect(stderr.join('')).toMatch(/^The gateway cannot listen: .*EADDRINUSE.* Set HOST .* and PORT .*\n$/);
    other.close();
    const unknown = start({ HOST: 'rpa_hidden' });
    expect(await unknown.exit).toBe(1);
    expect(unknown.stderr.join('')).toMatch(
      /^The gateway cannot listen: HOST has no address \(E\w+\)\. Set HOST .*\n$/,
    );
  });
});

describe('a gateway that listens', () => {
  it('prints one JSON object per line, and prints its address at any log level', async () => {
    const { gateway, ready, exit, lines } = start({ UPSTREAM: 'recorded', LOG_LEVEL: 'error' });
    const url = await ready;
    await fetch(new URL('/nowhere', url));
    gateway.kill('SIGTERM');
    expect(await exit).toBe(0);
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual([
      expect.stringMatching(`^Gateway listening at ${url}, `),
    ]);
  });

  it('prints its address as text on a terminal, and ends when the terminal closes', async () => {
    const shell = `echo "pid $$"; exec ${program('main').join(' ')}`;
    const command = ['script', '--quiet', '--command', shell, '/dev/null'];
    const { gateway, ready, lines } = start({ UPSTREAM: 'recorded', LOG_LEVEL: 'info' }, command);
    await ready;
    const [pid = '', address] = lines;
    expect(address).toMatch(/^Gateway listening at /);
    gateway.kill('SIGKILL');
    const isAlive = () => existsSync(`/proc/${pid.replace('pid ', '').trim()}`);
    await expect.poll(isAlive).toBe(false);
  });

  it('exits 1 when it cannot print its address', async () => {
    const { exit, stderr } = start({ UPSTREAM: 'recorded' }, [
      'sh',
      '-c',
      'exec "$@" > /dev/full',
      'sh',
      ...program('main'),
    ]);
    expect(await exit).toBe(1);
    expect(stderr.join('')).toContain('ENOSPC');
  });
});

describe('a stop during work', () => {
  it('answers requests in flight, reports draining on /ready, and exits 0', async () => {
    await using started = await startWithClientWaiting();
    const readiness = async () => {
      const response = await fetch(new URL('/ready', started.url));
      return `${response.status} ${await response.text()}`;
    };
    expect(await readiness()).toBe('200 ready\n');
    started.gateway.kill('SIGTERM');
    await expect.poll(readiness).toMatch(/^503 draining/);
    started.release();
    expect(await (await started.answer).json()).toEqual({ data: { gpuAvailability: { totalCount: 79 } } });
    expect(await started.exit).toBe(0);
  });

  it('completes subscriptions', async () => {
    const { gateway, ready, exit } = start({ UPSTREAM: 'recorded' });
    const url = await ready;
    const subscribers = TRANSPORTS.map(([, subscribe]) => subscribe(url));
    const subscriptions = async () => /^gpu_gateway_subscriptions (\d)$/m.exec(await readMetrics(url))?.[1];
    await expect.poll(subscriptions).toBe(String(TRANSPORTS.length));
    gateway.kill('SIGTERM');
    expect(await exit).toBe(0);
    await expect.poll(() => subscribers.map(({ end }) => end())).toEqual(TRANSPORTS.map(() => 'complete'));
  });

  it('still accepts connections for a moment, even if no request is in progress', async () => {
    const { gateway, ready, exit, lines } = start({ UPSTREAM: 'recorded' });
    const url = await ready;
    gateway.kill('SIGTERM');
    await expect.poll(() => lines.join('')).toContain('"stopping"');
    const response = await fetch(new URL('/ready', url));
    expect([response.status, response.headers.get('connection')]).toEqual([503, 'close']);
    expect(await exit).toBe(0);
  });

  it('neither loses nor splits a log line when the reader of stdout is slow', async () => {
    // `spawn` alone would connect the gateway's stdout to a socket. This bash command connects stdout to a pipe instead. A slow shell loop,
    // which reads one character at a time, is at the other end of the pipe.
    const read = 'while IFS= read -r line; do printf "%s\\n" "$line"; done';
    const overPipe = ['bash', '-c', `exec "$@" > >(${read})`, 'bash', ...program('main')];
    const { gateway, ready, exit, lines } = start({ UPSTREAM: 'recorded' }, overPipe);
    const { origin } = new URL(await ready);
    gateway.stdout.pause();
    // Together, the log lines of these requests exceed the buffer of the pipe.
    const path = `/${'x'.repeat(190)}`;
    for (let asked = 0; asked < 3000; asked += 50) {
      await Promise.all(Array.from({ length: 50 }, async () => (await fetch(origin + path)).text()));
    }
    gateway.kill('SIGTERM');
    const isListening = () =>
      fetch(`${origin}/health`).then(
        () => true,
        () => false,
      );
    await expect.poll(isListening).toBe(false);
    gateway.stdout.resume();
    expect(await exit).toBe(0);
    const [, ...logged] = lines;
    expect(logged.map((line) => JSON.parse(line)).filter((line) => line.path === path)).toHaveLength(3000);
  });

  it('ends the process at once on a second signal', async () => {
    await using started = await startWithClientWaiting();
    const left = started.answer.catch(() => 'cut');
    started.gateway.kill('SIGTERM');
    await expect.poll(() => started.lines.join('')).toContain('"stopping"');
    started.gateway.kill('SIGTERM');
    expect(await started.exit).toBe(1);
    expect(await left).toBe('cut');
  });
});

describe('an uncaught error', () => {
  it('is logged and ends the process with exit code 1', async () => {
    const throwOnSignal = "data:text/javascript,process.once('SIGWINCH',()=>{throw new Error('nobody caught me')})";
    const { gateway, ready, exit, lines } = start({
      NODE_OPTIONS: `--import="${throwOnSignal.replaceAll(' ', '%20')}"`,
    });
    await ready;
    gateway.kill('SIGWINCH');
    expect(await exit).toBe(1);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ level: 60, err: { message: 'nobody caught me' } });
  });
});
