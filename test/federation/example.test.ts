import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';

const FOLDER = 'examples/federation';

/**
 * Starts the federation example in the project folder `folder`. `end` resolves when all processes of the example have ended or closed their
 * output.
 */
function start(folder = '.', env: Record<string, string> = {}) {
  const options = { cwd: folder, env: { ...process.env, ...env } };
  const example = spawn(process.execPath, ['--import', 'tsx', `${FOLDER}/run.ts`], options);
  const end = Promise.all([text(example.stdout), text(example.stderr), once(example, 'close')]).then(
    ([output, errors, [code]]) => ({ output, errors, code }),
  );
  return { example, end };
}

/** Creates a project folder that contains a copy of the example and links to the other parts of the project. Its name contains a space. */
async function copyProject() {
  const folder = await mkdtemp(join(tmpdir(), 'a project '));
  await cp(FOLDER, join(folder, FOLDER), { recursive: true });
  for (const name of ['src', 'node_modules', 'package.json']) await symlink(resolve(name), join(folder, name));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

async function expectNothingListens(output: string) {
  const urls = output.match(/http:\S+\/graphql/g) ?? [];
  expect(urls).not.toEqual([]);
  for (const url of urls) await expect(fetch(url)).rejects.toThrow('fetch failed');
}

describe.concurrent('npm run example:federation', () => {
  it('prints the output that its README shows, exits with 0 and leaves no process, whatever the environment variables are', async () => {
    const { end } = start('.', { HOST: 'none.invalid', CLIENT_API_KEYS: 'a-key-of-sixteen', UPSTREAM: 'graphql' });
    const { output, errors, code } = await end;
    expect([errors, code]).toEqual(['', 0]);
    const readme = await readFile(`${FOLDER}/README.md`, 'utf8');
    const [, shown = ''] = /```json\n(.*?)```/s.exec(readme) ?? [];
    const { data } = JSON.parse(output.slice(output.lastIndexOf('\n{\n  "data"')));
    expect(data).toEqual(JSON.parse(shown));
    await expectNothingListens(output);
  });

  it('prints the reason and exits with 1 if the subgraphs cannot be composed', async () => {
    await using project = await copyProject();
    await writeFile(join(project.folder, '.env'), 'CLIENT_API_KEYS=not-for-the-example\n');
    const sdl = join(project.folder, FOLDER, 'notes.graphql');
    await writeFile(sdl, (await readFile(sdl, 'utf8')).replace('securePrice: Float @', 'securePrice: String @'));
    const { output, errors, code } = await start(project.folder).end;
    expect(code).toBe(1);
    expect(errors).toMatch(
      /^The subgraphs do not fit together: .*securePrice.*\nfederation-gateway.ts ended with 1\n$/s,
    );
    await expectNothingListens(output);
  });

  it('ends its processes when it is stopped', async () => {
    const { example, end } = start();
    example.stdout.once('data', () => example.kill('SIGTERM'));
    const { output, code } = await end;
    expect(code).toBe(1);
    await expectNothingListens(output);
  });
});
