import { type Config, ConfigError, loadConfig } from '../config.ts';
import { CONSOLE, LEVELS } from './forwarded-log.ts';
import type { GpuAvailabilityLogger, GpuAvailabilityOptions } from './library-types.ts';

/** The default path at which `fetch` answers. */
const DEFAULT_PATH = '/graphql';

/**
 * The library's options that are also settings of the gateway. A setting has the same name in upper case: the option `freshSeconds` is the
 * setting FRESH_SECONDS.
 */
const SETTINGS = [
  'upstream',
  'runpodApiKey',
  'runpodGraphqlUrl',
  'runpodRestUrl',
  'upstreamConcurrency',
  'upstreamTimeoutMs',
  'upstreamRetries',
  'upstreamQueueLimit',
  'freshSeconds',
  'staleSeconds',
  'discoverySeconds',
  'refresh',
  'redisUrl',
  'maxUpstreamPerOperation',
  'clientUpstreamPerMinute',
  'maxAnswerBytes',
  'maxSubscriptions',
  'maxSubscriptionsPerClient',
  'introspection',
  'persistedOnly',
] as const satisfies readonly (keyof GpuAvailabilityOptions)[];

/** The options that only the library has. */
const OWN = ['path', 'logger'] as const satisfies readonly (keyof GpuAvailabilityOptions)[];

/** The settings, the path and the logger of a gateway that runs inside another program. */
export interface LibrarySettings {
  readonly config: Config;
  readonly path: string;
  readonly logger: GpuAvailabilityLogger;
}

/** Reads the options, with the rules and defaults of the gateway's settings. Throws a `ConfigError` that names every invalid option. */
export function readSettings(options: GpuAvailabilityOptions): LibrarySettings {
  const { path = DEFAULT_PATH, logger = CONSOLE, ...given } = withoutUnset(options);
  const problems = [...unknownOptions(options), ...problemsOfPath(path), ...problemsOfLogger(logger)];
  if (problems.length > 0) throw new ConfigError(problems);
  const settings = Object.entries(given).map(([name, value]) => [settingOf(name), String(value)]);
  return { config: loadSettings(Object.fromEntries(settings)), path, logger };
}

/** Returns the options that have a value. A program in JavaScript may pass `null`, which counts as no value. */
const withoutUnset = (options: GpuAvailabilityOptions): GpuAvailabilityOptions =>
  Object.fromEntries(
    Object.entries(options).filter(([, value]: [string, unknown]) => (value ?? undefined) !== undefined),
  );

function unknownOptions(options: GpuAvailabilityOptions): readonly string[] {
  const known: readonly string[] = [...SETTINGS, ...OWN];
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  return unknown.map((name) => `There is no option ${name}. The options are ${known.join(', ')}.`);
}

function problemsOfPath(path: string): readonly string[] {
  // The path must be URL-encoded, because it is compared with the URL-encoded path of each request.
  if (URL.canParse(path, ANY_HOST) && new URL(path, ANY_HOST).pathname === path) return [];
  return [`path is ${JSON.stringify(path)}; it must be a path as in a URL, such as ${DEFAULT_PATH}`];
}

/** A placeholder host, which makes it possible to parse a path as a URL. */
const ANY_HOST = 'http://host.invalid';

function problemsOfLogger(logger: GpuAvailabilityLogger): readonly string[] {
  const missing = LEVELS.filter((level) => typeof logger[level] !== 'function');
  if (missing.length === 0) return [];
  return [`logger has no method ${missing.join(', ')}; it must have the methods ${LEVELS.join(', ')}`];
}

function loadSettings(settings: Record<string, string>): Config {
  try {
    return loadConfig(settings);
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(error.problems.map(withNamesOfOptions));
    throw error;
  }
}

/** Returns the name of the setting for an option. For example, `freshSeconds` becomes FRESH_SECONDS. */
const settingOf = (option: string): string => option.replace(/[A-Z]/g, '_$&').toUpperCase();

/** Replaces the names of settings in an error message with the names of the library's options. */
const withNamesOfOptions = (message: string): string =>
  SETTINGS.reduce((text, option) => text.replaceAll(new RegExp(`\\b${settingOf(option)}\\b`, 'g'), option), message);
