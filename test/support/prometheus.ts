import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { vi } from 'vitest';
import { findFreePort } from './redis.ts';

const SERVER = 'prometheus';
const TOOL = 'promtool';

/** Whether Prometheus is installed. If it is missing, the tests that need it are skipped with a message, or fail if `CI` is set. */
export const HAS_PROMETHEUS = spawnSync(TOOL, ['--version']).status === 0;

if (!HAS_PROMETHEUS) {
  const message =
    'Prometheus is not installed, so deploy/prometheus and deploy/grafana are not tested. Run apt-get install prometheus.';
  if (process.env['CI'] !== undefined) throw new Error(message);
  process.stderr.write(`\n!! ${message}\n\n`);
}

/** Runs promtool, and returns its exit code and its output. */
export function promtool(args: readonly string[], options: { readonly input?: string; readonly cwd?: string } = {}) {
  const { status, stdout, stderr } = spawnSync(TOOL, args, { encoding: 'utf8', ...options });
  return { status, output: `${stdout}${stderr}` };
}

/** One series in the result of a query: its labels, and its value as text. */
export interface QueriedSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

/** A rule as Prometheus has loaded and evaluated it. */
export interface LoadedRule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
  readonly state?: string;
}

interface Target {
  readonly labels: { readonly job: string };
  readonly lastError: string;
}

/** The settings of `startPrometheus`. */
export interface PrometheusOptions {
  /** The address (host and port) of the target of each job. Prometheus reads the metrics of each target every two seconds. */
  readonly targets: Readonly<Record<string, string>>;
  /** The path of the file with rules. */
  readonly rules: string;
}

/** How long a test waits for Prometheus, in milliseconds. */
export const PATIENCE = { timeout: 30_000, interval: 100 };

/** Starts a real Prometheus on a free port of this machine. */
export async function startPrometheus({ targets, rules }: PrometheusOptions) {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-prometheus-'));
  const configuration = {
    // A busy machine needs a long time-out, which may not be longer than the interval.
    global: { scrape_interval: '2s', scrape_timeout: '2s', evaluation_interval: '500ms' },
    rule_files: [resolve(rules)],
    scrape_configs: Object.entries(targets).map(([job, target]) => ({
      job_name: job,
      static_configs: [{ targets: [target] }],
    })),
  };
  // JSON is also YAML.
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(configuration));
  const port = await findFreePort();
  const server = spawn(SERVER, [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=error',
  ]);
  server.stdout.resume();
  server.stderr.pipe(process.stderr);
  const api = async (path: string) => (await (await fetch(`http://127.0.0.1:${port}${path}`)).json()).data;
  try {
    await vi.waitFor(() => expectReady(server, `http://127.0.0.1:${port}/-/ready`), PATIENCE);
  } catch (error) {
    server.kill('SIGKILL');
    throw error;
  }
  return {
    /** Evaluates a PromQL expression now. Rejects if the expression is not valid. */
    async query(expression: string): Promise<readonly QueriedSeries[]> {
      const { result } = await api(`/api/v1/query?query=${encodeURIComponent(expression)}`);
      return result;
    },
    targets: async (): Promise<readonly Target[]> => (await api('/api/v1/targets')).activeTargets,
    rules: async (): Promise<readonly LoadedRule[]> =>
      (await api('/api/v1/rules')).groups.flatMap((group: { readonly rules: readonly LoadedRule[] }) => group.rules),
    async [Symbol.asyncDispose]() {
      const exit = once(server, 'exit');
      server.kill('SIGTERM');
      await exit;
      await rm(folder, { recursive: true });
    },
  };
}

/** Rejects while Prometheus is not ready. */
async function expectReady({ exitCode }: ChildProcess, url: string): Promise<void> {
  if (exitCode !== null) throw new Error(`Prometheus has ended with exit code ${exitCode}`);
  const { ok, status } = await fetch(url);
  if (!ok) throw new Error(`Prometheus is not ready: HTTP ${status}`);
}
