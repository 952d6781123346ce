import proxyAddr from 'proxy-addr';
import { z } from 'zod';

/**
 * Removes empty settings, because an empty setting means "not set". `NAME= npm start` and a line `NAME=` in a .env file produce empty
 * settings.
 */
const unsetWhenEmpty = (env: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''));

/** A whole number in decimal digits. */
const wholeNumber = (min: number, max: number) => {
  const allowed = `a whole number from ${min} to ${max}`;
  return z
    .string()
    .trim()
    .regex(/^\d+$/, allowed)
    .transform(Number)
    .pipe(z.number(allowed).min(min, allowed).max(max, allowed));
};

const oneOf = <const Words extends readonly string[]>(words: Words) =>
  z
    .string()
    .trim()
    .toLowerCase()
    .pipe(z.enum(words, `one of ${words.join(', ')}`));

const httpUrl = z
  .string()
  .trim()
  .pipe(z.url({ protocol: /^https?$/, error: 'an http or https URL' }))
  .transform((url) => new URL(url))
  .refine((url) => url.username === '' && url.password === '', 'a URL without user name and password');

/** A list of comma-separated parts. Each part must pass `isAllowed`. `allowed` describes the parts in error messages. */
const listOf = (allowed: string, isAllowed: (part: string) => boolean) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .refine((parts) => parts.every(isAllowed), allowed);

const BEARER_TOKEN = /^[\w.~+/-]+=*$/;

function isOrigin(text: string): boolean {
  return text === '*' || (URL.canParse(text) && new URL(text).origin === text);
}

function isProxy(text: string): boolean {
  try {
    proxyAddr.compile(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether each percent sign in a text starts an escape, and the escapes decode to valid UTF-8. */
function isEncoded(text: string): boolean {
  try {
    // `decodeURIComponent` is called because it throws if the text is malformed. Its result is compared only because the bundler would
    // remove a call whose result is not used.
    return decodeURIComponent(text).length <= text.length;
  } catch {
    return false;
  }
}

const redisUrl = z
  .string()
  .trim()
  .pipe(z.url({ protocol: /^rediss?$/, error: 'a redis or rediss URL' }))
  .transform((url) => new URL(url))
  .refine(
    ({ username, password }) => isEncoded(username) && isEncoded(password),
    'a URL whose user name and password are URL-encoded (write a % in the password as %25)',
  )
  .refine(({ pathname }) => /^(?:\/\d{0,9})?$/.test(pathname), 'a URL whose path is the number of a database, or none');

const Environment = z
  .object({
    HOST: z.string().trim().default('127.0.0.1'),
    PORT: wholeNumber(0, 65_535).default(4000),
    UPSTREAM: oneOf(['recorded', 'graphql', 'rest', 'auto']).optional(),
    RUNPOD_API_KEY: z
      .string()
      .trim()
      .regex(BEARER_TOKEN, 'a bearer token: letters, digits and any of - . _ ~ + / =')
      .optional(),
    RUNPOD_GRAPHQL_URL: httpUrl.default(new URL('https://api.runpod.io/graphql')),
    RUNPOD_REST_URL: httpUrl.default(new URL('https://api.runpod.io/v2')),
    UPSTREAM_CONCURRENCY: wholeNumber(1, 100).default(3),
    UPSTREAM_TIMEOUT_MS: wholeNumber(1, 600_000).default(10_000),
    UPSTREAM_RETRIES: wholeNumber(0, 10).default(2),
    UPSTREAM_QUEUE_LIMIT: wholeNumber(1, 100_000).default(500),
    FRESH_SECONDS: wholeNumber(1, 86_400).default(60),
    STALE_SECONDS: wholeNumber(1, 604_800).default(3600),
    DISCOVERY_SECONDS: wholeNumber(1, 604_800).default(900),
    REFRESH: oneOf(['on-demand', 'background']).default('on-demand'),
    REDIS_URL: redisUrl.optional(),
    CORS_ORIGINS: listOf('origins such as https://example.com, separated by commas, or *', isOrigin).default([]),
    CLIENT_API_KEYS: listOf('bearer tokens, separated by commas', (key) => BEARER_TOKEN.test(key)).default([]),
    INTROSPECTION: z.stringbool('true or false').default(true),
    TRUST_PROXY: listOf('addresses or ranges such as 10.0.0.0/8, or loopback, separated by commas', isProxy).default(
      [],
    ),
    IPV6_PREFIX: wholeNumber(1, 128).default(64),
    RATE_LIMIT_PER_MINUTE: wholeNumber(0, 10_000_000).default(6000),
    MAX_SUBSCRIPTIONS: wholeNumber(1, 1_000_000).default(10_000),
    MAX_SUBSCRIPTIONS_PER_CLIENT: wholeNumber(1, 1_000_000).default(100),
    PERSISTED_ONLY: z.stringbool('true or false').default(false),
    MAX_UPSTREAM_PER_OPERATION: wholeNumber(1, 1_000_000).default(200),
    CLIENT_UPSTREAM_PER_MINUTE: wholeNumber(0, 1_000_000).default(100),
    MAX_ANSWER_BYTES: wholeNumber(1_000_000, 500_000_000).default(20_000_000),
    MAX_UNREAD_BYTES: wholeNumber(1_000_000, 100_000_000_000).default(100_000_000),
    MAX_UNREAD_BYTES_PER_CLIENT: wholeNumber(1_000_000, 100_000_000_000).default(40_000_000),
    MAX_STOCK_SERIES: wholeNumber(0, 50_000).default(0),
    OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
    OTEL_EXPORTER_OTLP_HEADERS: z.string().optional(),
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: z.string().optional(),
    LOG_LEVEL: oneOf(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  })
  .refine(({ UPSTREAM, RUNPOD_API_KEY }) => UPSTREAM !== 'rest' || RUNPOD_API_KEY !== undefined, {
    path: ['RUNPOD_API_KEY'],
    error: 'set for UPSTREAM=rest, because the REST API requires a key',
  });

/** The settings whose values never appear in a message, not even if they are invalid. */
const SECRETS = new Set(['RUNPOD_API_KEY', 'CLIENT_API_KEYS', 'REDIS_URL']);

/** The gateway's settings. The README explains each of them. */
export type Config = ReturnType<typeof loadConfig>;

/** Thrown when settings are invalid. Each entry of `problems` names one invalid setting, what was found, and what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Reads the settings from `env`. Throws a `ConfigError` that names every invalid setting. */
export function loadConfig(env: Record<string, string | undefined>) {
  const parsed = Environment.safeParse(unsetWhenEmpty(env));
  if (!parsed.success) throw new ConfigError(problemsOf(parsed.error, env));
  const settings = parsed.data;
  const source = settings.UPSTREAM ?? (settings.RUNPOD_API_KEY === undefined ? 'recorded' : 'auto');
  return {
    host: settings.HOST,
    port: settings.PORT,
    logLevel: settings.LOG_LEVEL,
    /** Texts that must never be logged. */
    secrets: secretsOf(settings),
    redisUrl: settings.REDIS_URL,
    tracing: settings.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined,
    corsOrigins: settings.CORS_ORIGINS,
    clientKeys: settings.CLIENT_API_KEYS,
    introspection: settings.INTROSPECTION,
    persistedOnly: settings.PERSISTED_ONLY,
    trustedProxies: settings.TRUST_PROXY,
    ipv6Prefix: settings.IPV6_PREFIX,
    rateLimitPerMinute: settings.RATE_LIMIT_PER_MINUTE,
    maxUpstreamPerOperation: settings.MAX_UPSTREAM_PER_OPERATION,
    clientUpstreamPerMinute: settings.CLIENT_UPSTREAM_PER_MINUTE,
    maxAnswerBytes: settings.MAX_ANSWER_BYTES,
    // A limit on unread bytes that is lower than the size of the largest response would prevent that response. So such a limit is raised to
    // this size.
    maxUnreadBytes: Math.max(settings.MAX_UNREAD_BYTES, settings.MAX_ANSWER_BYTES),
    maxUnreadBytesPerClient: Math.max(settings.MAX_UNREAD_BYTES_PER_CLIENT, settings.MAX_ANSWER_BYTES),
    maxStockSeries: settings.MAX_STOCK_SERIES,
    refreshInBackground: settings.REFRESH === 'background',
    maxSubscriptions: settings.MAX_SUBSCRIPTIONS,
    maxSubscriptionsPerClient: settings.MAX_SUBSCRIPTIONS_PER_CLIENT,
    cache: {
      freshMs: settings.FRESH_SECONDS * 1000,
      // Fresh answers are always served, even if STALE_SECONDS is less than FRESH_SECONDS.
      staleMs: Math.max(settings.STALE_SECONDS, settings.FRESH_SECONDS) * 1000,
      discoveryMs: settings.DISCOVERY_SECONDS * 1000,
    },
    upstream: {
      // The REST API requires a key, so without a key `auto` means `graphql`.
      source: source === 'auto' && settings.RUNPOD_API_KEY === undefined ? ('graphql' as const) : source,
      url: settings.RUNPOD_GRAPHQL_URL,
      restUrl: settings.RUNPOD_REST_URL,
      apiKey: settings.RUNPOD_API_KEY,
      concurrency: settings.UPSTREAM_CONCURRENCY,
      timeoutMs: settings.UPSTREAM_TIMEOUT_MS,
      retries: settings.UPSTREAM_RETRIES,
      queueLimit: settings.UPSTREAM_QUEUE_LIMIT,
    },
  };
}

/**
 * The minimum length of a value in a query or header that is treated as secret, in characters. Shorter values are not redacted, because
 * they also occur in harmless text.
 */
const SHORTEST_IN_QUERY = 6;

/**
 * Returns all texts that must never be logged: keys, passwords, the secret words in the headers for the trace collector, and the query
 * strings of URLs. Each value in a query string is secret on its own, too.
 */
function secretsOf({
  RUNPOD_API_KEY,
  RUNPOD_GRAPHQL_URL,
  RUNPOD_REST_URL,
  REDIS_URL,
  CLIENT_API_KEYS,
  OTEL_EXPORTER_OTLP_ENDPOINT,
  ...headers
}: z.infer<typeof Environment>) {
  const urls = [RUNPOD_GRAPHQL_URL, RUNPOD_REST_URL, OTEL_EXPORTER_OTLP_ENDPOINT];
  const ofUrls = urls.flatMap((url) => [url?.search.slice(1) ?? '', ...longOnes(url?.searchParams.values() ?? [])]);
  const { OTEL_EXPORTER_OTLP_HEADERS = '', OTEL_EXPORTER_OTLP_TRACES_HEADERS = '' } = headers;
  const ofHeaders = [OTEL_EXPORTER_OTLP_HEADERS, OTEL_EXPORTER_OTLP_TRACES_HEADERS].flatMap(wordsOfHeaders);
  const password = REDIS_URL?.password ?? '';
  const passwords = [password, decodeURIComponent(password)];
  const all = [RUNPOD_API_KEY ?? '', ...CLIENT_API_KEYS, ...passwords, ...ofUrls, ...ofHeaders];
  return all.filter((secret) => secret !== '');
}

const longOnes = (values: Iterable<string>) => [...values].filter((value) => value.length >= SHORTEST_IN_QUERY);

/**
 * Splits headers into their secret words. Values are URL-encoded, so they are also split at escapes. The scheme `Bearer` before a token is
 * not secret.
 */
const wordsOfHeaders = (headers: string) =>
  headers
    .split(',')
    .flatMap((header) => longOnes(header.slice(header.indexOf('=') + 1).split(/%[\da-f]{2}|\s/i)))
    .filter((word) => word.toLowerCase() !== 'bearer');

function problemsOf(error: z.ZodError, env: Record<string, string | undefined>): readonly string[] {
  const allowedByName = new Map<string, string>();
  for (const { path, message } of error.issues) {
    const name = String(path[0]);
    if (!allowedByName.has(name)) allowedByName.set(name, message);
  }
  return [...allowedByName].map(([name, allowed]) => {
    const found = foundOf(name, env[name]);
    return `${name} is ${found}; it must be ${allowed}`;
  });
}

function foundOf(name: string, value: string | undefined): string {
  if (value === undefined) return 'not set';
  return SECRETS.has(name) ? 'something else (not shown)' : JSON.stringify(withoutSecrets(value));
}

/** Hides the parts of an invalid URL that may contain a secret: its query, and everything between the scheme and the last `@`. */
const withoutSecrets = (value: string) => value.replace(/^([a-z]+:)?.*@/is, '$1//…@').replace(/\?.*/s, '?…');
