/** The settings that contain secrets. */
interface SecretSettings {
  readonly RUNPOD_API_KEY?: string | undefined;
  readonly CLIENT_API_KEYS: readonly string[];
  readonly REDIS_URL?: URL | undefined;
  readonly RUNPOD_GRAPHQL_URL: URL;
  readonly RUNPOD_REST_URL: URL;
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: URL | undefined;
  readonly OTEL_EXPORTER_OTLP_HEADERS?: string | undefined;
  readonly OTEL_EXPORTER_OTLP_TRACES_HEADERS?: string | undefined;
}

/**
 * The minimum length of a value in a query string or header that is treated as secret, in characters. Shorter values are not redacted,
 * because they also occur in harmless text.
 */
const SHORTEST_IN_QUERY = 6;

/**
 * Returns all texts that must never be logged: keys, passwords, the secret words in the headers for the trace collector, and the query
 * strings of URLs. Each value in a query string is secret on its own, too.
 */
export function secretTextsOf(settings: SecretSettings): readonly string[] {
  const { RUNPOD_GRAPHQL_URL, RUNPOD_REST_URL, OTEL_EXPORTER_OTLP_ENDPOINT, REDIS_URL } = settings;
  const urls = [RUNPOD_GRAPHQL_URL, RUNPOD_REST_URL, OTEL_EXPORTER_OTLP_ENDPOINT, REDIS_URL];
  const ofUrls = urls.flatMap((url) => [url?.search.slice(1) ?? '', ...longOnes(url?.searchParams.values() ?? [])]);
  const headers = [settings.OTEL_EXPORTER_OTLP_HEADERS, settings.OTEL_EXPORTER_OTLP_TRACES_HEADERS];
  const ofHeaders = headers.flatMap((header) => wordsOfHeaders(header ?? ''));
  const password = REDIS_URL?.password ?? '';
  const passwords = [password, decodeURIComponent(password)];
  const all = [settings.RUNPOD_API_KEY ?? '', ...settings.CLIENT_API_KEYS, ...passwords, ...ofUrls, ...ofHeaders];
  return all.filter((secret) => secret !== '');
}

const longOnes = (values: Iterable<string>) => [...values].filter((value) => value.length >= SHORTEST_IN_QUERY);

/**
 * Returns the words in the values of headers that may be secret. The values are URL-encoded, so they are also split at each percent escape.
 * The scheme `Bearer` before a token is left out, because it is not secret.
 */
const wordsOfHeaders = (headers: string) =>
  headers
    .split(',')
    .flatMap((header) => longOnes(header.slice(header.indexOf('=') + 1).split(/%[\da-f]{2}|\s/i)))
    .filter((word) => word.toLowerCase() !== 'bearer');
