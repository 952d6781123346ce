import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';

/** A GraphQL answer as a client sees it. */
interface Result {
  // oxlint-disable typescript/no-explicit-any
  // biome-ignore lint/suspicious/noExplicitAny: tests read whatever shape their query has
  readonly data: any;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

/** A gateway with the settings in `env`, and a function that asks it. Its log lines are collected. */
export function createGateway(env: Record<string, string> = {}) {
  const logged: string[] = [];
  const config = loadConfig(env);
  const secrets = config.upstream.apiKey === undefined ? [] : [config.upstream.apiKey];
  const log = createLog({ level: 'trace', secrets }, { write: (line: string) => void logged.push(line) });
  const { handler } = createApp({ config, log });
  const ask = async (query: string, variables: Record<string, unknown> = {}): Promise<Result> => {
    const response = await handler.fetch('http://gateway.invalid/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return response.json();
  };
  return { ask, handler, logged };
}
