import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';

/** Runs a module that embeds the library, in a process of its own. Returns its output and exit code. */
async function run(code: string) {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', `${PRELUDE}${code}`], { env: {} });
  const [output, errors, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { output, errors, exitCode };
}

const PRELUDE = `
  import { createGpuAvailability } from 'gpu-availability-gateway';
  const before = process.getActiveResourcesInfo();
  const post = (query, accept = 'application/json') =>
    new Request('http://host.example/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify({ query }),
    });
  const opened = () => process.getActiveResourcesInfo().filter((kind) => !before.includes(kind));
`;

it('ends with its process, if it is not disposed', async () => {
  const { output, errors, exitCode } = await run(`
    const gpus = createGpuAvailability({ refresh: 'background', upstream: 'graphql', runpodGraphqlUrl: 'http://127.0.0.1:1' });
    console.log(typeof gpus.typeDefs);
  `);
  expect([output, errors, exitCode]).toEqual(['string\n', '', 0]);
});
