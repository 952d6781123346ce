import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';

function start(env: Record<string, string>) {
  const gateway = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], { env: { ...process.env, ...env } });
  const firstLine = once(createInterface(gateway.stdout), 'line').then(([line]) => String(line));
  const stderr: string[] = [];
  gateway.stderr.on('data', (chunk) => stderr.push(String(chunk)));
  const exit = once(gateway, 'close').then(([code]) => Number(code));
  return { gateway, firstLine, exit, stderr };
}

describe('npm start', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('tells where it listens, answers, and exits 0 on %s', async (signal) => {
    const { gateway, firstLine, exit } = start({ PORT: '0', UPSTREAM: 'recorded' });
    const line = await firstLine;
    const [url = ''] = /http:\S+\/graphql/.exec(line) ?? [];
    expect(line).toContain('the recording of 2025-11-14T17:42:42.000Z');
    const page = await fetch(url, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).not.toMatch(/(src|href)="https?:/);
    const home = await fetch(new URL('/', url), { redirect: 'manual' });
    expect([home.status, home.headers.get('location')]).toEqual([302, '/graphql']);
    expect((await fetch(new URL('/health', url))).status).toBe(200);
    gateway.kill(signal);
    expect(await exit).toBe(0);
  });

  it('exits 1 and names every bad setting', async () => {
    const { exit, stderr } = start({ PORT: 'x', LOG_LEVEL: 'loud' });
    expect(await exit).toBe(1);
    expect(stderr.join('')).toMatch(/^PORT is "x"; it must be .*\nLOG_LEVEL is "loud"; it must be .*\n$/);
  });
});
