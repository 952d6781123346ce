import type { Logger } from 'pino';
import type { Lifetimes } from './cache/cached-catalog.ts';
import type { Config } from './config.ts';
import type { SourceCatalog } from './domain/catalog.ts';
import { type UpstreamError, UpstreamNotAttemptedError } from './domain/errors.ts';
import type { AttemptReport } from './upstream/attempts.ts';
import type { Circuit } from './upstream/circuit.ts';
import { excerpt } from './upstream/excerpt.ts';
import { createHealthMonitor, type RequestResult } from './upstream/health.ts';
import { createKeepAliveFetch, type Fetch } from './upstream/http.ts';
import { createLine, type Line } from './upstream/line.ts';
import type { Recording } from './upstream/recorded/recording.ts';
import { createRecordedServer } from './upstream/recorded/server.ts';
import { createRunPodCatalog, GPU_TYPES } from './upstream/runpod-graphql/catalog.ts';
import { createRunPodClient } from './upstream/runpod-graphql/client.ts';
import { createRestCatalog, DATA_CENTERS } from './upstream/runpod-rest/catalog.ts';
import { createRestClient } from './upstream/runpod-rest/client.ts';
import { createQuota, type Limit } from './upstream/runpod-rest/quota.ts';

/** What a source needs. */
export interface SourceDeps {
  readonly config: Config;
  readonly log: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** What is served when no live source is configured. */
  readonly readRecording: () => Recording;
  /** Told of every attempt that ended. */
  readonly onAttempt: (report: AttemptReport) => void;
}

/** Where answers come from. */
export interface Source {
  readonly catalog: SourceCatalog;
  readonly lifetimes: Lifetimes;
  readonly line: Line;
  readonly circuit: () => Circuit['state'];
  /** What RunPod says is left of its limits; nothing where it does not say. */
  readonly limits: () => readonly Limit[];
}

/** The configured source. The recording is served by a GraphQL server in this process, read by the same client. */
export function createSource(deps: SourceDeps): Source {
  const { upstream, cache } = deps.config;
  const live = { apiKey: upstream.apiKey, fetch: createKeepAliveFetch(upstream.concurrency), lifetimes: cache };
  if (upstream.source === 'graphql') return connectGraphQL(deps, { ...live, url: upstream.url });
  if (upstream.source === 'rest') return connectRest(deps, { ...live, url: upstream.restUrl });
  const recording = deps.readRecording();
  const lifetimes = { freshMs: NEVER, staleMs: NEVER, discoveryMs: NEVER };
  const fetch = createInProcessFetch(recording);
  const { recordedAt } = recording;
  return connectGraphQL(deps, { url: RECORDED_URL, apiKey: undefined, fetch, lifetimes, recordedAt });
}

/** A recording does not grow old: it is never live. */
const NEVER = Number.POSITIVE_INFINITY;

/** Not a place on the network: requests to it are answered in this process. */
const RECORDED_URL = new URL('http://recording.invalid/graphql');

interface Endpoint {
  readonly url: URL;
  readonly apiKey: string | undefined;
  readonly fetch: Fetch;
  readonly lifetimes: Lifetimes;
  readonly recordedAt?: string;
}

function connectGraphQL(deps: SourceDeps, { url, apiKey, fetch, lifetimes, recordedAt }: Endpoint): Source {
  // All that a recording tells was so at the moment of recording.
  const now = recordedAt === undefined ? deps.now : () => Date.parse(recordedAt);
  const line = createUpstreamLine(deps);
  const { options, status } = createAttemptOptions(deps, line, now, () => client.circuit);
  const client = createRunPodClient({ ...options, url, apiKey, fetch, probe: GPU_TYPES });
  const catalog = createRunPodCatalog({
    send: client.send,
    now,
    status: () => ({
      source: recordedAt === undefined ? 'RUNPOD_GRAPHQL' : 'RECORDED',
      recordedAt: recordedAt ?? null,
      ...status(),
    }),
    // The recording has such a word of its own, for pods of other sizes than the recorded one.
    onUnknownStock: recordedAt === undefined ? logOnce(deps.log) : () => {},
  });
  return { catalog, lifetimes, line, circuit: () => client.circuit, limits: () => [] };
}

function connectRest(deps: SourceDeps, { url, apiKey, fetch, lifetimes }: Endpoint): Source {
  const { now, log } = deps;
  const line = createUpstreamLine(deps);
  const { options, status } = createAttemptOptions(deps, line, now, () => client.circuit);
  const quota = createQuota(line, now);
  const client = createRestClient({ ...options, url, apiKey, fetch, quota, probe: DATA_CENTERS });
  const catalog = createRestCatalog({
    get: client.get,
    now,
    status: () => ({ source: 'RUNPOD_REST', recordedAt: null, ...status() }),
    onUnknownStock: logOnce(log),
  });
  return { catalog, lifetimes, line, circuit: () => client.circuit, limits: quota.left };
}

function createUpstreamLine({ config }: SourceDeps): Line {
  return createLine({
    concurrency: config.upstream.concurrency,
    limit: config.upstream.queueLimit,
    whenFull: (operation) => new UpstreamNotAttemptedError(operation, 'too many requests are waiting already'),
  });
}

/** How a source is asked, and how it is doing, which follows from that. */
function createAttemptOptions(
  { config, log, onAttempt }: SourceDeps,
  line: Line,
  now: () => number,
  circuit: () => Circuit['state'],
) {
  const { timeoutMs, retries } = config.upstream;
  const health = createHealthMonitor(now, () => circuit() !== 'closed');
  const options = {
    line,
    timeoutMs,
    retries,
    onAttempt(report: AttemptReport) {
      health.settled(report.subject, toResult(report));
      if (report.error !== null) logFailure(log, report, report.error);
      onAttempt(report);
    },
  };
  return { options, status: health.status };
}

function toResult({ outcome }: AttemptReport): RequestResult {
  if (outcome === 'COMPLETE') return 'complete';
  return outcome === 'INCOMPLETE' ? 'incomplete' : 'failed';
}

function logFailure(log: Logger, { subject, outcome, durationMs }: AttemptReport, error: UpstreamError): void {
  const reason = error.message;
  log.warn({ subject, code: outcome, durationMs, reason, cause: describe(error.cause) }, 'upstream attempt failed');
}

/** A library's error, or what RunPod sent instead of an answer. It may be long. */
function describe(cause: unknown): string | undefined {
  const text = cause instanceof Error ? cause.message : JSON.stringify(cause);
  return text === undefined ? undefined : excerpt(text, 500);
}

/** A word is as often in an answer as there are cells, and an upstream could make up ever new ones. */
function logOnce(log: Logger): (word: string) => void {
  const words = new Set<string>();
  return (word) => {
    if (words.has(word) || words.size >= 100) return;
    words.add(word);
    log.warn({ word: excerpt(word, 100) }, 'unknown stock word, shown as UNKNOWN');
  };
}

function createInProcessFetch(recording: Recording): Fetch {
  const server = createRecordedServer(recording);
  return async (url, init) => {
    const response = await server.fetch(url, init);
    const { status, headers } = response;
    return { status, headers, text: () => response.text(), discard: async () => response.body?.cancel() };
  };
}
