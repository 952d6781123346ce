import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const FILES = ['library.js', 'library-schema.js', 'subgraph.js'];

it('need no other file of the package, so that a bundler can move them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'embedded-'));
  await mkdir(join(folder, 'node_modules'));
  await symlink(resolve('node_modules/graphql'), join(folder, 'node_modules/graphql'));
  for (const file of FILES) await copyFile(`dist/${file}`, join(folder, file));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  const program = `
    import { createGpuAvailability } from './library.js';
    import { sdl } from './subgraph.js';
    const gpus = createGpuAvailability();
    const response = await gpus.fetch(new Request('http://host.example/graphql?query={upstream{source}_service{sdl}}'));
    const { data } = await response.json();
    console.log(data.upstream.source, data._service.sdl === sdl);
  `;
  await writeFile(join(folder, 'program.js'), program);
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'program.js')]);
  expect(stdout).toBe('RECORDED true\n');
  await rm(folder, { recursive: true });
});

it.each(['library', 'subgraph'])('have types that import only graphql: %s', async (entry) => {
  const types = await readFile(`dist/${entry}.d.ts`, 'utf8');
  const imported = [...types.matchAll(/from '(.*)'|import\('(.*)'\)/g)].map(([, name, other]) => name ?? other);
  expect(new Set(imported)).toEqual(new Set(['graphql']));
});
