import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { setFlagsFromString } from 'node:v8';
import { type Logger, pino } from 'pino';
import { z } from 'zod';
import { createApp } from './app.ts';
import { type Config, ConfigError, loadConfig } from './config.ts';
import type { UpstreamStatus } from './domain/catalog.ts';
import { createFleetOfOne, type Fleet } from './fleet/fleet.ts';
import { stopGracefully } from './graceful-stop.ts';
import { watchEventLoop } from './http/event-loop-lag.ts';
import { startServer } from './http/server.ts';
import { createLog } from './observability/log.ts';
import { addProcessMetrics } from './observability/process-metrics.ts';
import type { Tracing } from './observability/tracing/opentelemetry.ts';
import { loadEnvFile } from './settings/env-file.ts';

/** How long requests in progress may continue after a signal to stop, in milliseconds. */
const GRACE_MS = 9000;
/** How long stopping the gateway may take in total, in milliseconds. */
const STOP_MS = 9800;

/** How long the export of the last trace spans may take when the gateway stops, in milliseconds. `STOP_MS` includes this time. */
const LAST_SPANS_MS = 700;

/** The descriptor of standard output. */
const STDOUT = 1;

try {
  await main();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  // If the start fails after the server has begun to listen, the server keeps the process alive, so the process must be ended here.
  process.exit(1);
}

async function main(): Promise<void> {
  // This flag turns off an optimisation of V8. While the gateway starts, V8 notices that some kinds of objects live long. It then allocates
  // all later objects of these kinds in the old heap. An object there keeps everything that it refers to in memory until the next full
  // garbage collection. After some starts, the gateway would therefore need more memory and be slower.
  setFlagsFromString('--no-allocation-site-pretenuring');
  // Zod must not compile its schemas. Compiled schemas would parse a response from RunPod a third faster, but compiling them would delay
  // the first responses to clients by some milliseconds.
  z.config({ jitless: true });
  loadEnvFile();
  const config = loadConfig(process.env);
  const log = createLog({ level: config.logLevel, secrets: config.secrets });
  for (const { name, meant } of config.misspelled) {
    log.warn({ name, meant }, 'ignoring a name that is not a setting but resembles one; see `meant`');
  }
  const [fleet, tracing] = [await createFleet(config, log), await startTracing(config, log)];
  const isOverloaded = watchEventLoop();
  const app = createApp({ config, log, fleet, tracer: tracing, isOverloaded });
  addProcessMetrics(app.metrics.registry);
  await Promise.all([app.loadEngine(), fleet.join()]);
  const { listener, webSockets, labelClient, routes } = app;
  const server = await startServer(listener, { ...config, log, webSockets, labelClient, routes, tracer: tracing });
  // The handler is registered before the gateway announces that it listens, so that every signal after the announcement stops the gateway
  // properly. An uncaught error ends the process at once, because the state after such an error cannot be trusted.
  stopGracefully(STOP_MS, async ({ signal, err }) => {
    if (err !== undefined) return log.fatal({ err }, 'an uncaught error ends the gateway');
    log.info({ signal }, 'stopping');
    app.stop();
    await server.close(GRACE_MS);
    await fleet.leave();
    await tracing?.stop(LAST_SPANS_MS);
    await written(log);
  });
  // `keepReady` and `keepFresh` need no error handler, because their promises never reject. Unexpected errors in the background are logged
  // and counted, and the work is retried.
  void app.keepReady();
  void app.keepFresh();
  announce(`Gateway listening at ${server.url}/graphql, answering from ${nameSource(config, app.upstreamStatus())}`);
}

/**
 * Prints the address at which the gateway listens, whatever the log level. On a terminal, it prints plain text. Otherwise it prints a log
 * line, so that every line on stdout is JSON. It writes synchronously. `process.stdout` would switch a pipe to non-blocking mode, and log
 * lines that do not fit into the pipe could then be lost.
 */
function announce(text: string): void {
  if (isatty(STDOUT)) writeSync(STDOUT, `${text}\n`);
  else pino(pino.destination({ dest: STDOUT, sync: true })).info(text);
}

/**
 * Resolves when all lines of the log have been written. Without this wait, late lines could be mixed with the lines that are written while
 * the process exits. Errors are ignored, for example a failed write, or a destination that cannot be flushed.
 */
function written(log: Logger): Promise<void> {
  return new Promise((resolve) => log.flush(() => resolve()));
}

/** Creates the fleet, through which the replicas of the gateway share data. The code for Redis is loaded only if Redis is configured. */
async function createFleet(config: Config, log: Logger): Promise<Fleet> {
  if (config.redisUrl === undefined) return createFleetOfOne();
  // If DEBUG is set, ioredis may print all commands, including the one with the password. ioredis reads DEBUG when it is loaded.
  delete process.env['DEBUG'];
  const { createRedisFleet } = await import('./fleet/redis-fleet.ts');
  return createRedisFleet(config.redisUrl, config, log);
}

/** Starts tracing. OpenTelemetry is loaded only if a collector is configured. */
async function startTracing({ tracing, secrets }: Config, log: Logger): Promise<Tracing | undefined> {
  if (!tracing) return undefined;
  const opentelemetry = await import('./observability/tracing/opentelemetry.ts');
  return opentelemetry.startTracing({ log, secrets });
}

function nameSource({ upstream }: Config, { recordedAt }: UpstreamStatus): string {
  if (recordedAt !== null) return `the recording of ${recordedAt} (not live; set UPSTREAM=graphql for live answers)`;
  const at = ({ origin, pathname }: URL) => `at ${origin}${pathname}`;
  if (upstream.source === 'auto') {
    return `RunPod's REST API ${at(upstream.restUrl)} and its GraphQL API ${at(upstream.url)}`;
  }
  const api = upstream.source === 'rest' ? `REST API ${at(upstream.restUrl)}` : `GraphQL API ${at(upstream.url)}`;
  return `RunPod's ${api}${upstream.apiKey === undefined ? ', without a key' : ''}`;
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (!(error instanceof Error)) return String(error);
  const { syscall, code, message, stack }: NodeJS.ErrnoException = error;
  const advice = 'Set HOST to an address of this machine, and PORT to a free port (0 for any).';
  if (syscall === 'listen') return `The gateway cannot listen: ${message}. ${advice}`;
  // The message of this error is not printed. It contains the value of HOST, which may be a key that was set by mistake.
  if (syscall === 'getaddrinfo') return `The gateway cannot listen: HOST has no address (${code}). ${advice}`;
  return stack ?? message;
}
