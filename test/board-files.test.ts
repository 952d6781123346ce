import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createYoga } from 'graphql-yoga';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BoardFiles, readBoardFiles, useBoardFiles } from '../src/http/plugins/board-files.ts';

const PAGE = '<!doctype html><script src="/assets/index-abc.js"></script>';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'board-files-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), PAGE);
  await writeFile(join(folder, 'assets/index-abc.js'), 'let x;');
  await writeFile(join(folder, 'assets/index-old.js'), 'let y;');
});
afterAll(() => rm(folder, { recursive: true }));

const open = (from: string) => readBoardFiles(pathToFileURL(`${from}/`));

function answer(files: BoardFiles, path: string, init: RequestInit = {}) {
  const yoga = createYoga({ plugins: [useBoardFiles(files, '/graphql')], logging: false });
  return yoga.fetch(`http://gateway.invalid${path}`, init);
}

function get(path: string, init: RequestInit = {}) {
  return answer(open(folder), path, init);
}

describe('the files of the board', () => {
  it('must be revalidated before each use, except for files whose name contains a hash of their content', async () => {
    const page = await get('/');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await page.text()).toBe(PAGE);
    const script = await get('/assets/index-abc.js');
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  });

  it('are the page and the files that it names, without the files of an earlier build', () => {
    expect([...open(folder).keys()]).toEqual(['/', '/assets/index-abc.js']);
  });

  it('have a policy that allows no scripts but their own', async () => {
    const policy = (await get('/')).headers.get('content-security-policy');
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';/);
    expect(policy).not.toContain('unsafe');
  });

  it('are not sent again to a client that has them', async () => {
    const etag = (await get('/')).headers.get('etag') ?? '';
    const again = await get('/', { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it.each(['gzip, br', '*', 'gzip;q=0.1'])('are sent gzipped to a client that accepts %s', async (accepted) => {
    const response = await get('/', { headers: { 'accept-encoding': accepted } });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(new Uint8Array(await response.arrayBuffer()).slice(0, 2)).toEqual(new Uint8Array([0x1f, 0x8b]));
  });

  it.each(['gzip;q=0', 'br', 'x-gzip-not', '*;q=0', ''])(
    'are sent uncompressed to a client that accepts "%s"',
    async (accepted) => {
      const response = await get('/', { headers: { 'accept-encoding': accepted } });
      expect(response.headers.get('content-encoding')).toBeNull();
      expect(await response.text()).toBe(PAGE);
    },
  );

  it('have the same weak ETag whether they are gzipped or not', async () => {
    const plain = await get('/');
    const gzipped = await get('/', { headers: { 'accept-encoding': 'gzip' } });
    expect(plain.headers.get('etag')).toMatch(/^W\/"[\w-]+"$/);
    expect(gzipped.headers.get('etag')).toBe(plain.headers.get('etag'));
  });

  it('are sent without a body for HEAD, and refused for methods other than GET and HEAD', async () => {
    const head = await get('/', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await get('/', { method: 'POST', body: 'x' })).status).toBe(405);
  });

  it('do not exist if the board was not built, in which case / redirects to GraphiQL', async () => {
    const files = open(join(folder, 'nothing'));
    expect(files.size).toBe(0);
    const response = await answer(files, '/');
    expect([response.status, response.headers.get('location')]).toEqual([302, '/graphql']);
  });
});
