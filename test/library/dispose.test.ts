import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { answerWith, startFakeRunPod } from '../support/fake-runpod.ts';

/**
 * The time after which a process is killed, in milliseconds. Every wait for RunPod in these tests is longer. So a process is killed if such
 * a wait keeps it alive.
 */
const SOON_MS = 20_000;

/**
 * Runs a module that embeds the library, in a process of its own. `url` is the URL of RunPod's GraphQL API. Returns the output without log
 * lines.
 */
async function run(code: string, url = '', prelude = PRELUDE) {
  const args = ['--input-type=module', '--eval', `${prelude}${code}`, url];
  const child = spawn(process.execPath, args, { env: {}, timeout: SOON_MS });
  const [output, errors, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { output: output.trim(), errors, exitCode };
}

const PRELUDE = `
  import { createGpuAvailability } from 'gpu-availability-gateway';
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const create = (options) =>
    createGpuAvailability({ upstream: 'graphql', runpodGraphqlUrl: process.argv[1], upstreamTimeoutMs: 600000, logger, ...options });
  const post = (query, accept = 'application/json') =>
    new Request('http://host.example/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify({ query }),
    });
  const QUERY = '{ gpuAvailability(gpuType: "NVIDIA L4") { coverage { failures { code } } } }';
  // The only active resources of a new process are its output streams, so they are left out. Stopped work may need some turns of the event
  // loop to end.
  const opened = async () => {
    for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    return process.getActiveResourcesInfo().filter((kind) => !/^(Pipe|TTY)Wrap$/.test(kind));
  };
`;

/** The response to `QUERY`. */
const ANSWER = '{"data":{"gpuAvailability":{"coverage":{"failures":[]}}}}';

describe.concurrent('an embedded gateway', () => {
  it('does not keep its process alive, even if it is not disposed', async () => {
    const { output, errors, exitCode } = await run(`
      const gpus = create({ runpodGraphqlUrl: 'http://127.0.0.1:1', refresh: 'background' });
      console.log(typeof gpus.typeDefs);
    `);
    expect([output, errors, exitCode]).toEqual(['string', '', 0]);
  });

  it('does not keep its process alive after an answer', async () => {
    await using runPod = await startFakeRunPod();
    const { output, errors, exitCode } = await run(
      "console.log(await (await create({ refresh: 'background' }).fetch(post(QUERY))).text())",
      runPod.url,
    );
    expect([output, errors, exitCode]).toEqual([ANSWER, '', 0]);
  });

  it('does not keep its process alive during a one-minute pause after several 429 responses', async () => {
    await using runPod = await startFakeRunPod(() => answerWith(429, '{}', { 'retry-after': '600' }));
    const { errors, exitCode } = await run(
      `
        const gpus = create({ upstreamRetries: 0 });
        await gpus.fetch(post('{ gpuTypes { id } }'));
        await gpus.fetch(post('{ dataCenters { id } }'));
      `,
      runPod.url,
    );
    // The third request is a probe, which checks whether the whole source is down. It gets a 429 too, so the gateway pauses for a minute.
    expect([runPod.seen.length, errors, exitCode]).toEqual([3, '', 0]);
  });

  it('changes nothing global', async () => {
    const program = `
      const globals = () => [
        ...Object.getOwnPropertyNames(globalThis),
        ...Object.getOwnPropertySymbols(globalThis).map(String),
        ...process.eventNames().map((name) => 'process.on ' + String(name)),
      ];
      const before = globals();
      const { createGpuAvailability } = await import('gpu-availability-gateway');
      const gpus = createGpuAvailability();
      await (await gpus.fetch(new Request('http://host.example/graphql?query={gpuAvailability{totalCount}}'))).text();
      await gpus.dispose();
      // Node sets the global dispatcher of its own fetch API when a program first uses this API. The stack of an error shows whether the
      // dispatcher belongs to Node or to the library.
      console.log(globals().filter((name) => !name.includes('undici') && !before.includes(name)).join());
      new Request('http://host.example');
      try {
        globalThis[Symbol.for('undici.globalDispatcher.1')].dispatch();
      } catch ({ stack }) {
        console.log(stack.includes('node:internal'), stack.includes('library.js'));
      }
    `;
    // zod creates these two global objects. All copies of zod in a process share them.
    expect(await run(program, '', '')).toMatchObject({
      output: '__zod_globalConfig,__zod_globalRegistry\ntrue false',
      errors: '',
    });
  });

  it('prints no password of Redis if its host sets DEBUG', async () => {
    const received: string[] = [];
    const redis = createServer((socket) => {
      socket.on('data', (data) => {
        received.push(String(data));
        for (const _ of String(data).matchAll(/^\*/gm)) socket.write('-ERR this server refuses all commands\r\n');
      });
    });
    await once(redis.listen(0, '127.0.0.1'), 'listening');
    const { port } = redis.address() as AddressInfo;
    const program = `
      process.env.DEBUG = '*';
      const { createGpuAvailability } = await import('gpu-availability-gateway');
      const gpus = createGpuAvailability({ redisUrl: process.argv[1] });
      await gpus.fetch(new Request('http://host.example/graphql?query={__typename}'));
      await gpus.dispose();
      console.log(process.env.DEBUG);
    `;
    const { output, errors } = await run(program, `redis://:topsecretpw@127.0.0.1:${port}`, '');
    redis.close();
    expect(received.join('')).toContain('topsecretpw');
    expect([output, errors]).toEqual(['*', expect.not.stringContaining('topsecretpw')]);
  });

  it('leaves nothing open after it has answered a request and has been disposed', async () => {
    await using runPod = await startFakeRunPod();
    const { output, errors, exitCode } = await run(
      `
        const gpus = create({ refresh: 'background', freshSeconds: 1 });
        console.log(await (await gpus.fetch(post(QUERY))).text());
        await gpus.dispose();
        console.log(JSON.stringify(await opened()));
      `,
      runPod.url,
    );
    expect([output, errors, exitCode]).toEqual([`${ANSWER}\n[]`, '', 0]);
  });

  it('completes its subscriptions when it is disposed', async () => {
    await using runPod = await startFakeRunPod();
    const { output, exitCode } = await run(
      `
        const gpus = create();
        const events = await gpus.fetch(post('subscription { gpuAvailabilityChanged { id } }', 'text/event-stream'));
        const ended = events.text();
        await gpus.dispose();
        console.log((await ended).includes('event: complete'), JSON.stringify(await opened()));
      `,
      runPod.url,
    );
    expect([output, exitCode]).toEqual(['true []', 0]);
  });

  it('ends operations that wait for RunPod when it is disposed', async () => {
    await using runPod = await startFakeRunPod(() => () => {});
    const { output, exitCode } = await run(
      `
        const gpus = create();
        const asked = gpus.fetch(post(QUERY));
        setTimeout(() => gpus.dispose(), 200);
        const { errors } = await (await asked).json();
        console.log(errors[0].extensions.code);
      `,
      runPod.url,
    );
    expect([output, exitCode]).toEqual(['UPSTREAM_UNAVAILABLE', 0]);
  });

  it('ends its pause after a 429 when it is disposed', async () => {
    await using runPod = await startFakeRunPod(() => answerWith(429, '{}', { 'retry-after': '600' }));
    const { output, exitCode } = await run(
      `
        const gpus = create({ upstreamRetries: 0 });
        await gpus.fetch(post(QUERY));
        await gpus.dispose();
        console.log(JSON.stringify(await opened()));
      `,
      runPod.url,
    );
    expect([output, exitCode]).toEqual(['[]', 0]);
  });

  it('ends its attempts to connect to Redis when it is disposed', async () => {
    const { output, exitCode } = await run(`
      const gpus = create({ upstream: 'recorded', redisUrl: 'redis://127.0.0.1:1' });
      console.log(await (await gpus.fetch(post('{ upstream { source } }'))).text());
      await gpus.dispose();
      console.log(JSON.stringify(await opened()));
    `);
    expect([output, exitCode]).toEqual(['{"data":{"upstream":{"source":"RECORDED"}}}\n[]', 0]);
  });
});
