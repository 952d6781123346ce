import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../src/config.ts';

const problems = (env: Record<string, string>) => {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

describe('settings', () => {
  it('select the recording without a key, and RunPod with a key', () => {
    expect(loadConfig({}).upstream.source).toBe('recorded');
    expect(loadConfig({ RUNPOD_API_KEY: 'rpa_1' }).upstream.source).toBe('auto');
    expect(loadConfig({ UPSTREAM: 'auto' }).upstream.source).toBe('graphql');
    expect(loadConfig({ RUNPOD_API_KEY: 'rpa_1', UPSTREAM: 'recorded' }).upstream.source).toBe('recorded');
    expect(loadConfig({ RUNPOD_API_KEY: '', PORT: ' ' })).toMatchObject({
      port: 4000,
      upstream: { source: 'recorded' },
    });
  });

  it('allow fresh answers to be served however low STALE_SECONDS is', () => {
    const { freshMs, staleMs } = loadConfig({ FRESH_SECONDS: '60', STALE_SECONDS: '5' }).cache;
    expect([freshMs, staleMs]).toEqual([60_000, 60_000]);
  });

  it.each([
    ['a % in the password that starts no escape', 'redis://:hidden%zz@host:6379', /URL-encoded/],
    ['an escape that is not UTF-8', 'redis://:hidden%ff@host:6379', /URL-encoded/],
    ['a % in the user name', 'redis://hid%den:secret@host', /URL-encoded/],
    ['a database that is not a number', 'redis://:hidden@host/main', /number of a database/],
    ['a negative database', 'redis://:hidden@host/-1', /number of a database/],
    ['a path below the database', 'redis://:hidden@host/1/2', /number of a database/],
    ['a protocol other than Redis', 'http://:hidden@host', /a redis or rediss URL/],
  ])('are rejected with a message that names REDIS_URL but not its value if the URL has %s', (_what, url, allowed) => {
    const found = problems({ REDIS_URL: url });
    expect(found).toEqual([expect.stringMatching(/^REDIS_URL is something else \(not shown\); it must be /)]);
    expect(found[0]).toMatch(allowed);
    expect(found[0]).not.toMatch(/hid|secret|main/);
  });

  it.each(['redis://host', 'redis://host/', 'redis://host/15', 'rediss://user:p%40ss%25@host:6380/0'])(
    'accept a REDIS_URL such as %s',
    (url) => expect(loadConfig({ REDIS_URL: url }).redisUrl?.href).toBe(new URL(url).href),
  );

  it('leave room for the largest response however low the limits on unread bytes are', () => {
    const small = { MAX_UNREAD_BYTES: '2000000', MAX_UNREAD_BYTES_PER_CLIENT: '1000000' };
    const { maxUnreadBytes, maxUnreadBytesPerClient } = loadConfig({ ...small, MAX_ANSWER_BYTES: '3000000' });
    expect([maxUnreadBytes, maxUnreadBytesPerClient]).toEqual([3_000_000, 3_000_000]);
    expect(problems({ MAX_UNREAD_BYTES: '0' })).toEqual([
      'MAX_UNREAD_BYTES is "0"; it must be a whole number from 1000000 to 100000000000',
    ]);
  });

  it('limit a response to 20 MB, or to the value of MAX_ANSWER_BYTES', () => {
    expect(loadConfig({}).maxAnswerBytes).toBe(20_000_000);
    expect(loadConfig({ MAX_ANSWER_BYTES: '90000000' }).maxAnswerBytes).toBe(90_000_000);
    expect(problems({ MAX_ANSWER_BYTES: '20MB' })).toEqual([
      'MAX_ANSWER_BYTES is "20MB"; it must be a whole number from 1000000 to 500000000',
    ]);
  });

  it('are rejected with one line each that states what is allowed and shows no secret', () => {
    const found = problems({ PORT: '70000', UPSTREAM: 'http', RUNPOD_API_KEY: 'a secret', UPSTREAM_CONCURRENCY: '0' });
    expect(found).toHaveLength(4);
    expect(found.join('\n')).toMatch(/PORT is "70000"; it must be a whole number from 0 to 65535/);
    expect(found.join('\n')).toMatch(/UPSTREAM is "http"; it must be one of recorded, graphql, rest, auto/);
    expect(found.join('\n')).not.toContain('a secret');
    const url = problems({ RUNPOD_GRAPHQL_URL: 'ftp://user:hidden@host/?api_key=hidden' });
    expect(url.join('\n')).toMatch(/RUNPOD_GRAPHQL_URL/);
    expect(url.join('\n')).not.toContain('hidden');
  });
  it('treat the tokens for a trace collector as secrets', () => {
    const { tracing, secrets } = loadConfig({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318/?token=hidden123',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20s3cret-1,api-key=s3cret-2',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'api-key=s3cret-3',
    });
    expect(tracing).toBe(true);
    expect(secrets).toEqual(['token=hidden123', 'hidden123', 's3cret-1', 's3cret-2', 's3cret-3']);
    expect(loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: '' }).tracing).toBe(false);
    const [problem = ''] = problems({ OTEL_EXPORTER_OTLP_ENDPOINT: 'grpc://me:hidden123@host' });
    expect(problem).toMatch(/^OTEL_EXPORTER_OTLP_ENDPOINT is .*; it must be an http or https URL$/);
    expect(problem).not.toContain('hidden123');
  });
});
