import { type Config, ConfigError, loadConfig } from '../config.ts';
import type { GpuAvailabilityOptions } from './library-types.ts';

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

/** The settings and the path of a gateway inside another program. */
export interface LibrarySettings {
  readonly config: Config;
  readonly path: string;
}

/** Reads the options, with the rules and defaults of the gateway's settings. Throws a `ConfigError` that names every invalid option. */
export function readSettings(options: GpuAvailabilityOptions): LibrarySettings {
  const problems = [...unknownOptions(options), ...problemsOfPath(options.path)];
  if (problems.length > 0) throw new ConfigError(problems);
  const settings = SETTINGS.flatMap((name) => {
    const value = options[name];
    return value === undefined ? [] : [[settingOf(name), String(value)] as const];
  });
  return { config: loadSettings(Object.fromEntries(settings)), path: options.path ?? DEFAULT_PATH };
}

function unknownOptions(options: GpuAvailabilityOptions): readonly string[] {
  const known: readonly string[] = [...SETTINGS, ...OWN];
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  return unknown.map((name) => `There is no option ${name}. The options are ${known.join(', ')}.`);
}

function problemsOfPath(path: string | undefined): readonly string[] {
  if (path === undefined || /^\/[^?#\s]*$/.test(path)) return [];
  return [`path is ${JSON.stringify(path)}; it must be a path such as ${DEFAULT_PATH}`];
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
