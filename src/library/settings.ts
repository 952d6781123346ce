import { type Config, ConfigError, loadConfig } from '../config.ts';
import { CONSOLE, LEVELS } from './forwarded-log.ts';
import type { GpuAvailabilityLogger, GpuAvailabilityOptions } from './library-types.ts';

/** The path at which `fetch` answers by default. */
const DEFAULT_PATH = '/graphql';

/** The options that are settings of the gateway as well, under the name in upper case: `freshSeconds` is FRESH_SECONDS. */
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

/** The options of the library alone. */
const OWN = ['path', 'logger'] as const satisfies readonly (keyof GpuAvailabilityOptions)[];

/** The settings, the path and the logger of a gateway inside another program. */
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

/** Returns the options that have a value. A program without types may pass `null` for an option without a value. */
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
  // The path of a request is compared in the form that a URL gives it.
  if (URL.canParse(path, ANY_HOST) && new URL(path, ANY_HOST).pathname === path) return [];
  return [`path is ${JSON.stringify(path)}; it must be a path as in a URL, such as ${DEFAULT_PATH}`];
}

/** The base of a path that is read as a URL. */
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

/** Returns the name of an option as a setting. */
const settingOf = (option: string): string => option.replace(/[A-Z]/g, '_$&').toUpperCase();

/** Replaces the names of settings in a message by the names of the options. */
const withNamesOfOptions = (message: string): string =>
  SETTINGS.reduce((text, option) => text.replaceAll(new RegExp(`\\b${settingOf(option)}\\b`, 'g'), option), message);
