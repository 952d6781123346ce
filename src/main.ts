import { existsSync } from 'node:fs';
import { createApp } from './app.ts';
import { ConfigError, loadConfig } from './config.ts';
import { createLog } from './log.ts';
import { startServer } from './transport/server.ts';

/** How long requests in flight may take after a signal to stop. */
const GRACE_MS = 9000;

try {
  await main();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile();
  const config = loadConfig(process.env);
  const { apiKey } = config.upstream;
  const log = createLog({ level: config.logLevel, secrets: apiKey === undefined ? [] : [apiKey] });
  const { handler, catalog, warmUp } = createApp({ config, log });
  await warmUp();
  const server = await startServer(handler, config);
  process.stdout.write(
    `Gateway ready at ${server.url}/graphql, answering from ${nameSource(config, catalog.status().recordedAt)}\n`,
  );

  const stop = async (signal: NodeJS.Signals) => {
    log.info({ signal }, 'stopping');
    await server.close(GRACE_MS);
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, (received) => void stop(received));
}

function nameSource({ upstream }: ReturnType<typeof loadConfig>, recordedAt: string | null): string {
  if (recordedAt !== null) return `the recording of ${recordedAt} (not live; set UPSTREAM=graphql for live answers)`;
  const { origin, pathname } = upstream.url;
  return `RunPod's GraphQL API at ${origin}${pathname}${upstream.apiKey === undefined ? ', without a key' : ''}`;
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `${error.message}. Set PORT to another port, or to 0 for any free one.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
