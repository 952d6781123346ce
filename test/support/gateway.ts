import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import { createLog } from '../../src/observability/log.ts';
import type { Recording } from '../../src/upstream/recorded/recording.ts';
import { readRecording20251114 } from './recording-2025-11-14.ts';

/** A GraphQL answer that a client has received. */
interface Result {
  // oxlint-disable typescript/no-explicit-any
  // biome-ignore lint/suspicious/noExplicitAny: tests read whatever shape their query has
  readonly data: any;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

/**
 * Creates a gateway with the settings in `env`. Returns the gateway with its log lines, and with functions that query it and advance its
 * clocks.
 */
export function createGateway(
  env: Record<string, string> = {},
  fleet?: Fleet,
  readRecording: () => Recording = readRecording20251114,
  isOverloaded: () => boolean = () => false,
) {
  const logged: string[] = [];
  let aheadMs = 0;
  const config = loadConfig(env);
  const log = createLog(
    { level: 'trace', secrets: config.secrets },
    { write: (line: string) => void logged.push(line) },
  );
  const now = () => performance.now() + aheadMs;
  const wallNow = () => Date.now() + aheadMs;
  // The board is left out, so that tests do not depend on whether it was built on this machine.
  const app = createApp({
    config,
    log,
    ...(fleet !== undefined && { fleet }),
    clock: { now, wallNow },
    readRecording,
    isOverloaded,
    board: new Map(),
  });
  const { handler } = app;

  async function ask(query: string, variables: Record<string, unknown> = {}, init: RequestInit = {}): Promise<Result> {
    const response = await handler.fetch('http://gateway.invalid/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
      ...init,
    });
    return response.json();
  }

  return {
    ...app,
    ask,
    logged,
    log,
    wallNow,
    /** Sends a GET request to a path. Resolves to the status and the body of the response. */
    get: async (path: string) => {
      const response = await handler.fetch(`http://gateway.invalid${path}`);
      return { status: response.status, body: await response.text() };
    },
    /** Advances both clocks of the gateway: the monotonic clock and the wall clock. */
    passSeconds: (seconds: number) => {
      aheadMs += seconds * 1000;
    },
  };
}

/** Creates a gateway that reads RunPod's GraphQL API at `url`. */
export const connect = (url: string, env: Record<string, string> = {}) =>
  createGateway({ UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: url, ...env });
