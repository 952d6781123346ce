import { z } from 'zod';
import { describeFound } from './settings/found-value.ts';
import { describeMisspelled, findMisspelled } from './settings/misspelled-settings.ts';
import { secretTextsOf } from './settings/secret-texts.ts';
import {
  BEARER_TOKEN,
  httpUrl,
  isOrigin,
  isProxy,
  listOf,
  oneOf,
  redisUrl,
  wholeNumber,
} from './settings/value-types.ts';

/**
 * Removes empty settings, because an empty setting means "not set". `NAME= npm start` and a line `NAME=` in a .env file produce empty
 * settings.
 */
const unsetWhenEmpty = (env: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''));

const Environment = z.object({
  HOST: z.string().trim().default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(4000),
  UPSTREAM: oneOf(['recorded', 'graphql', 'rest', 'auto']).optional(),
  RECORDING: z.string().trim().optional(),
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
  STALE_SECONDS: wholeNumber(1, 604_800).optional(),
  DISCOVERY_SECONDS: wholeNumber(1, 604_800).default(900),
  REFRESH: oneOf(['on-demand', 'background']).default('on-demand'),
  REDIS_URL: redisUrl.optional(),
  CORS_ORIGINS: listOf('origins such as https://example.com, separated by commas, or *', isOrigin).default([]),
  CLIENT_API_KEYS: listOf('bearer tokens, separated by commas', (key) => BEARER_TOKEN.test(key)).default([]),
  INTROSPECTION: z.stringbool('true or false').default(true),
  TRUST_PROXY: listOf('addresses or ranges such as 10.0.0.0/8, or loopback, separated by commas', isProxy).default([]),
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
  MAX_STOCK_SERIES: wholeNumber(0, 5000).default(0),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: z.string().optional(),
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: z.string().optional(),
  LOG_LEVEL: oneOf(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
});

/**
 * The conditions that several settings must meet together. Each condition has a schema of its own, because zod does not check the
 * conditions of an object that has an invalid member.
 */
const CONDITIONS: readonly z.ZodType[] = [
  Environment.pick({ UPSTREAM: true, RUNPOD_API_KEY: true }).refine(
    ({ UPSTREAM, RUNPOD_API_KEY }) => UPSTREAM !== 'rest' || RUNPOD_API_KEY !== undefined,
    { path: ['RUNPOD_API_KEY'], error: 'set for UPSTREAM=rest, because the REST API requires a key' },
  ),
  Environment.pick({ STALE_SECONDS: true, FRESH_SECONDS: true }).superRefine(
    ({ STALE_SECONDS = Number.POSITIVE_INFINITY, FRESH_SECONDS }, context) => {
      if (STALE_SECONDS >= FRESH_SECONDS) return;
      const message = `at least FRESH_SECONDS, which is ${FRESH_SECONDS}`;
      context.addIssue({ code: 'custom', path: ['STALE_SECONDS'], message });
    },
  ),
];

/** The default of `STALE_SECONDS`. If `FRESH_SECONDS` is larger, its value is the default instead. */
const STALE_SECONDS = 3600;

/** The gateway's settings. The README explains each of them. */
export type Config = ReturnType<typeof loadConfig>;

/** Thrown when settings cannot be used. Each entry of `problems` names one invalid setting, what was found, and what is allowed. */
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
  const given = unsetWhenEmpty(env);
  const misspelled = findMisspelled(given, Object.keys(Environment.shape));
  const parsed = Environment.safeParse(given);
  const problems = problemsOf([parsed, ...CONDITIONS.map((condition) => condition.safeParse(given))], given);
  if (!parsed.success || problems.length > 0) {
    throw new ConfigError([...problems, ...misspelled.map(describeMisspelled)]);
  }
  const settings = parsed.data;
  const source = settings.UPSTREAM ?? (settings.RUNPOD_API_KEY === undefined ? 'recorded' : 'auto');
  return {
    host: settings.HOST,
    port: settings.PORT,
    logLevel: settings.LOG_LEVEL,
    /** Texts that must never be logged. */
    secrets: secretTextsOf(settings),
    /** Environment variables that have no effect, but whose names resemble a setting. */
    misspelled,
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
    // A response that is larger than the limit on unread bytes could not be sent. So each of these limits is at least the size of the
    // largest allowed response.
    maxUnreadBytes: Math.max(settings.MAX_UNREAD_BYTES, settings.MAX_ANSWER_BYTES),
    maxUnreadBytesPerClient: Math.max(settings.MAX_UNREAD_BYTES_PER_CLIENT, settings.MAX_ANSWER_BYTES),
    maxStockSeries: settings.MAX_STOCK_SERIES,
    refreshInBackground: settings.REFRESH === 'background',
    maxSubscriptions: settings.MAX_SUBSCRIPTIONS,
    maxSubscriptionsPerClient: settings.MAX_SUBSCRIPTIONS_PER_CLIENT,
    cache: {
      freshMs: settings.FRESH_SECONDS * 1000,
      staleMs: (settings.STALE_SECONDS ?? Math.max(STALE_SECONDS, settings.FRESH_SECONDS)) * 1000,
      discoveryMs: settings.DISCOVERY_SECONDS * 1000,
    },
    upstream: {
      // The REST API requires a key, so without a key `auto` means `graphql`.
      source: source === 'auto' && settings.RUNPOD_API_KEY === undefined ? ('graphql' as const) : source,
      /** The folder of the recording that is served. Default: the newest recording that comes with the gateway. */
      recording: settings.RECORDING,
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

/** Describes each invalid setting in one line. */
function problemsOf(
  results: readonly z.ZodSafeParseResult<unknown>[],
  given: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const firstByName = new Map<string, z.core.$ZodIssue>();
  for (const issue of results.flatMap(({ error }) => error?.issues ?? [])) {
    const name = String(issue.path[0]);
    if (!firstByName.has(name)) firstByName.set(name, issue);
  }
  return [...firstByName].map(([name, issue]) => {
    const words = issue.code === 'invalid_value' ? issue.values.map(String) : [];
    return `${name} is ${describeFound(name, given, words)}; it must be ${issue.message}`;
  });
}
