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

  it.each([
    ['60', 3_600_000],
    ['7200', 7_200_000],
  ])('without STALE_SECONDS and with FRESH_SECONDS=%s, serve stale answers for %i ms', (seconds, ms) => {
    expect(loadConfig({ FRESH_SECONDS: seconds }).cache.staleMs).toBe(ms);
  });

  it('are rejected if STALE_SECONDS is lower than FRESH_SECONDS, which is reported even if other settings are invalid', () => {
    expect(problems({ STALE_SECONDS: '5', INTROSPECTION: 'ture', UPSTREAM: 'rest' })).toEqual([
      'INTROSPECTION is the word "ture"; it must be true or false',
      'RUNPOD_API_KEY is not set; it must be set for UPSTREAM=rest, because the REST API requires a key',
      'STALE_SECONDS is the whole number "5"; it must be at least FRESH_SECONDS, which is 60',
    ]);
    expect(problems({ STALE_SECONDS: '5', FRESH_SECONDS: '0' })).toHaveLength(1);
    const { freshMs, staleMs } = loadConfig({ FRESH_SECONDS: '5', STALE_SECONDS: '5' }).cache;
    expect([freshMs, staleMs]).toEqual([5000, 5000]);
  });

  it.each([
    ['PORT', '1.5', 'the decimal number "1.5"'],
    ['PORT', '-1', 'the negative number "-1"'],
    ['UPSTREAM_TIMEOUT_MS', '10 s', 'the number with a unit "10 s"'],
    ['INTROSPECTION', 'ture', 'the word "ture"'],
    ['LOG_LEVEL', 'warning', 'the word "warning"'],
  ])('show a value in the error if it is a number or resembles an allowed word: %s=%s is %s', (name, value, found) => {
    expect(problems({ [name]: value })[0]?.split('; it must be ')).toEqual([`${name} is ${found}`, expect.anything()]);
  });

  it.each([
    ['PORT', 'tcp://10.0.0.1:80', 'a URL'],
    ['PORT', '"4000"', 'a text in quotes'],
    ['PORT', 'four thousand', 'a text with blanks'],
    ['PORT', '4000;', 'a text'],
    ['PORT', '1234567890123456', 'a whole number'],
    ['PORT', '12abcdefgh', 'a word'],
    ['PORT', 'rpa_ABC', 'a word'],
    ['RUNPOD_REST_URL', 'rpa_ABC', 'a word'],
    ['RUNPOD_GRAPHQL_URL', 'htps://host/graphql;api_key=hidden', 'a URL'],
    ['CORS_ORIGINS', ',', 'a list with an empty part'],
    ['CORS_ORIGINS', 'client-key-1,client-key-2', 'a list'],
    ['UPSTREAM', 'hunter', 'a word'],
    ['UPSTREAM', 'auto-but-much-longer', 'a word'],
    ['RUNPOD_API_KEY', 'hidden key', 'a text with blanks'],
    ['CLIENT_API_KEYS', 'hidden,,hidden', 'a list with an empty part'],
    ['REDIS_URL', '12345', 'a whole number'],
  ])('show only the kind and the length of a value that may be secret: %s=%s is %s', (name, value, kind) => {
    expect(problems({ [name]: value })[0]?.split('; it must be ')).toEqual([
      `${name} is ${kind} (length ${value.length}, not shown)`,
      expect.anything(),
    ]);
  });

  it('are rejected with a message that hides their value if a secret setting contains the same value', () => {
    const secrets = { RUNPOD_API_KEY: '987654', CLIENT_API_KEYS: 'key, oof', REDIS_URL: 'redis://:876543@host' };
    const found = problems({ ...secrets, PORT: '987654', INTROSPECTION: 'oof', FRESH_SECONDS: '876543' });
    expect(found).toHaveLength(3);
    for (const problem of found) expect(problem).toMatch(/ is a (?:whole number|word) \(length [36], not shown\); /);
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
    expect(found).toEqual([expect.stringMatching(/^REDIS_URL is a URL \(length \d+, not shown\); it must be /)]);
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
      'MAX_UNREAD_BYTES is the whole number "0"; it must be a whole number from 1000000 to 100000000000',
    ]);
  });

  it('limit a response to 20 MB, or to the value of MAX_ANSWER_BYTES', () => {
    expect(loadConfig({}).maxAnswerBytes).toBe(20_000_000);
    expect(loadConfig({ MAX_ANSWER_BYTES: '90000000' }).maxAnswerBytes).toBe(90_000_000);
    expect(problems({ MAX_ANSWER_BYTES: '20MB' })).toEqual([
      'MAX_ANSWER_BYTES is the number with a unit "20MB"; it must be a whole number from 1000000 to 500000000',
    ]);
  });

  it('are rejected with one line each that states what is allowed and shows no secret', () => {
    const found = problems({
      PORT: '70000',
      UPSTREAM: 'grapql',
      RUNPOD_API_KEY: 'a secret',
      UPSTREAM_CONCURRENCY: '0',
    });
    expect(found).toHaveLength(4);
    expect(found.join('\n')).toMatch(/PORT is the whole number "70000"; it must be a whole number from 0 to 65535/);
    expect(found.join('\n')).toMatch(/UPSTREAM is the word "grapql"; it must be one of recorded, graphql, rest, auto/);
    expect(found.join('\n')).not.toContain('a secret');
    const url = problems({ RUNPOD_GRAPHQL_URL: 'ftp://user:hidden@host/?api_key=hidden' });
    expect(url.join('\n')).toMatch(/RUNPOD_GRAPHQL_URL/);
    expect(url.join('\n')).not.toContain('hidden');
  });
  it('treat a password in the query of REDIS_URL as a secret', () => {
    expect(loadConfig({ REDIS_URL: 'redis://host?password=hidden123' }).secrets).toContain('hidden123');
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

describe('a misspelled setting', () => {
  it.each([
    ['FRESH_SECOND', 'FRESH_SECONDS'],
    ['FRESH_MINUTES', 'FRESH_SECONDS'],
    ['fresh_seconds', 'FRESH_SECONDS'],
    ['UPSTREAM_CONCURENCY', 'UPSTREAM_CONCURRENCY'],
    ['UPSTREAM_TIMEOUT', 'UPSTREAM_TIMEOUT_MS'],
    ['RUNPOD_APIKEY', 'RUNPOD_API_KEY'],
    ['CLIENT_API_KEY', 'CLIENT_API_KEYS'],
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['REDIS_URI', 'REDIS_URL'],
    ['PROT', 'PORT'],
    ['TRUSTED_PROXY', 'TRUST_PROXY'],
    ['MAX_SUBSCRIPTION_PER_CLIENT', 'MAX_SUBSCRIPTIONS_PER_CLIENT'],
    ['OTEL_EXPORTER_OTLP_ENDPONT', 'OTEL_EXPORTER_OTLP_ENDPOINT'],
    ['RATE_LIMIT', 'RATE_LIMIT_PER_MINUTE'],
    ['RATE_LIMIT_PER_SECOND', 'RATE_LIMIT_PER_MINUTE'],
    ['CLIENT_KEYS', 'CLIENT_API_KEYS'],
    ['CLIENT_KEY', 'CLIENT_API_KEYS'],
    ['API_KEYS', 'CLIENT_API_KEYS'],
    ['RUNPOD_KEY', 'RUNPOD_API_KEY'],
    ['RUNPOD_API_TOKEN', 'RUNPOD_API_KEY'],
    ['TRUSTED_PROXIES', 'TRUST_PROXY'],
    ['MAX_ANSWER', 'MAX_ANSWER_BYTES'],
    ['MAX_ANSWER_MB', 'MAX_ANSWER_BYTES'],
    ['MAX_STOCK', 'MAX_STOCK_SERIES'],
    ['MAX_UPSTREAM', 'MAX_UPSTREAM_PER_OPERATION'],
    ['RECORDING_FOLDER', 'RECORDING'],
    ['REFRESH_MODE', 'REFRESH'],
    ['INTROSPECTION_ENABLED', 'INTROSPECTION'],
    ['CORS', 'CORS_ORIGINS'],
    ['CORS_ALLOWED_ORIGINS', 'CORS_ORIGINS'],
    ['REDIS_URL_PRIMARY', 'REDIS_URL'],
    ['LOG_LEVEL_OF_GATEWAY', 'LOG_LEVEL'],
  ])('is recognised: %s was probably meant to be %s', (name, meant) => {
    expect(loadConfig({ [name]: 'hidden' }).misspelled).toEqual([{ name, meant: [meant] }]);
  });

  it('is reported with every setting that it may mean', () => {
    expect(loadConfig({ MAX_UNREAD: '5', RUNPOD_API_URL: 'https://api.example' }).misspelled).toEqual([
      { name: 'MAX_UNREAD', meant: ['MAX_UNREAD_BYTES', 'MAX_UNREAD_BYTES_PER_CLIENT'] },
      { name: 'RUNPOD_API_URL', meant: ['RUNPOD_API_KEY', 'RUNPOD_GRAPHQL_URL', 'RUNPOD_REST_URL'] },
    ]);
  });

  it('is recognised by its first word if no setting is similar', () => {
    const meant = [
      'UPSTREAM',
      'UPSTREAM_CONCURRENCY',
      'UPSTREAM_TIMEOUT_MS',
      'UPSTREAM_RETRIES',
      'UPSTREAM_QUEUE_LIMIT',
    ];
    expect(loadConfig({ UPSTREAM_POOL_SIZE: '5' }).misspelled).toEqual([{ name: 'UPSTREAM_POOL_SIZE', meant }]);
  });

  it('does not prevent the start, but is named together with invalid settings', () => {
    expect(problems({ UPSTREAM: 'rest', RUNPOD_API_KEYS: 'hidden' })).toEqual([
      'RUNPOD_API_KEY is not set; it must be set for UPSTREAM=rest, because the REST API requires a key',
      'RUNPOD_API_KEYS is not a setting; it may mean RUNPOD_API_KEY',
    ]);
  });

  it('is not seen in the variables of other programs, of Kubernetes, or of a pod of RunPod', () => {
    const services = ['UPSTREAM', 'REDIS', 'HOST', 'GATEWAY', 'FRESH', 'REFRESH', 'LOG'].flatMap((name) => [
      `${name}_SERVICE_HOST`,
      `${name}_SERVICE_PORT`,
      `${name}_SERVICE_PORT_HTTP`,
      `${name}_PORT`,
      `${name}_PORT_80_TCP`,
      `${name}_PORT_80_TCP_ADDR`,
      `${name}_PORT_80_TCP_PORT`,
      `${name}_PORT_80_TCP_PROTO`,
    ]);
    const others =
      'HOSTNAME HOSTTYPE HOST_IP OS TZ CI HOME PATH PWD OLDPWD USER LANG TERM SHELL SHLVL LOGNAME MAIL _ NODE_ENV ' +
      'NODE_OPTIONS HTTP_PROXY http_proxy NO_PROXY REDIS_PASSWORD REDIS_HOST LOG_FORMAT REFRESH_TOKEN CLIENT_ID ' +
      'CLIENT_SECRET RUNPOD_POD_ID RUNPOD_DC_ID RUNPOD_TCP_PORT_22 RUNPOD_PUBLIC_IP RUNPOD_GPU_COUNT MAX_CLIENTS ' +
      'API_URL OPENAI_API_KEY OTEL_LOG_LEVEL OTEL_SERVICE_NAME OTEL_TRACES_SAMPLER OTEL_EXPORTER_OTLP_TRACES_ENDPOINT OTEL_EXPORTER_OTLP_TIMEOUT ' +
      'OTEL_EXPORTER_OTLP_LOGS_HEADERS OTEL_EXPORTER_OTLP_METRICS_ENDPOINT KUBERNETES_PORT_443_TCP_PORT';
    const env = Object.fromEntries([...services, ...others.split(' ')].map((name) => [name, 'tcp://10.0.0.1:80']));
    expect(loadConfig(env).misspelled).toEqual([]);
  });
});
