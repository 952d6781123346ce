import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startProcess } from './process.ts';

/** Whether nginx is installed. If it is missing, the tests with it are skipped with a message, or fail if `CI` is set. */
export const HAS_NGINX = isInstalled('nginx', '-v', 'nginx-light');

/** Whether Varnish is installed. If it is missing, the tests with it are skipped with a message, or fail if `CI` is set. */
export const HAS_VARNISH = isInstalled('varnishd', '-V', 'varnish');

function isInstalled(command: string, argument: string, debianPackage: string): boolean {
  if (spawnSync(command, [argument]).status === 0) return true;
  const message = `There is no ${command}: caches are not tested with it (apt-get install ${debianPackage}).`;
  if (process.env['CI'] !== undefined) throw new Error(message);
  process.stderr.write(`\n!! ${message}\n\n`);
  return false;
}

/**
 * Starts nginx as a cache in front of `origin`, configured as in nginx's documentation. nginx stores each response for as long as `origin`
 * allows, and then revalidates it. nginx does not report the age of a stored response. So it sends `no-cache` to clients, which makes them
 * revalidate a response before each use.
 */
export const startNginxCache = (origin: string) =>
  startProcess('nginx-cache', async (port, folder) => {
    const conf = `
worker_processes 1;
error_log stderr warn;
pid ${folder}/pid;
events { worker_connections 512; }
http {
  access_log off;
  proxy_cache_path ${folder}/cache keys_zone=gateway:1m;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  map $upstream_http_cache_control $client_cache_control {
    ~^public no-cache;
    default $upstream_http_cache_control;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass ${origin};
      proxy_cache gateway;
      proxy_cache_revalidate on;
      proxy_hide_header Cache-Control;
      add_header Cache-Control $client_cache_control always;
    }
  }
}
`;
    await writeFile(join(folder, 'nginx.conf'), conf);
    return ['nginx', '-c', join(folder, 'nginx.conf'), '-e', 'stderr', '-g', 'daemon off;'];
  });

/**
 * Starts Varnish as a cache in front of `origin`, with its default rules but without a grace period. With the default grace period, Varnish
 * would send a stored response for another ten seconds after the response has expired.
 */
export const startVarnish = (origin: string) =>
  startProcess('varnish', async (port, folder) => {
    const vcl = `
vcl 4.1;
backend default { .host = "127.0.0.1"; .port = "${new URL(origin).port}"; }
sub vcl_backend_response {
  set beresp.grace = 0s;
  # Keeps expired responses so that they can be revalidated.
  set beresp.keep = 1m;
}
`;
    await writeFile(join(folder, 'default.vcl'), vcl);
    const workFolder = join(folder, 'work');
    await mkdir(workFolder);
    const listen = ['-a', `127.0.0.1:${port}`, '-f', join(folder, 'default.vcl'), '-n', workFolder, '-j', 'none'];
    const small = ['-s', 'malloc,16m', '-p', 'thread_pools=1', '-p', 'thread_pool_min=10'];
    return ['varnishd', '-F', ...listen, ...small];
  });
