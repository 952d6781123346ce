/** Starts the gateway (with its recording), the notes subgraph and a federation gateway, and sends one query that needs both subgraphs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The gateway resolves the first root field of this query, and the notes subgraph resolves the second one. */
const QUERY = `{
  gpuAvailability(filter: { gpuTypeIds: ["NVIDIA GeForce RTX 4090", "NVIDIA L4"] }, orderBy: { field: DATA_CENTER }, first: 3) {
    totalCount
    nodes {
      gpuType { displayName gbPerDollar notes { text writtenOn } }
      dataCenter { id }
      stock
      onDemandPrice { perGpu }
    }
  }
  notes { text gpuType { displayName securePrice } }
}`;

/** All settings of the started processes. They inherit no others, so the output is always the same. */
const ENV = { HOST: '127.0.0.1', PORT: '0', UPSTREAM: 'recorded', LOG_LEVEL: 'error' };

const children: ChildProcess[] = [];
const deadline = AbortSignal.timeout(60_000);
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** Starts a TypeScript program and waits for the line with its address. */
function start(file: string, args: readonly string[] = []): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', here(file), ...args], {
    env: ENV,
    cwd: here('.'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
    deadline.addEventListener('abort', () => reject(new Error(`${file} was not ready in time`)));
    createInterface(child.stdout).on('line', (line) => {
      process.stdout.write(`${line}\n`);
      const url = / (?:ready|listening) at (http:[^\s,]+)/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}

async function run(): Promise<void> {
  const [gpus, notes] = await Promise.all([start('../../src/main.ts'), start('notes-subgraph.ts')]);
  const url = await start('federation-gateway.ts', [`gpus=${gpus}`, `notes=${notes}`]);
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', headers, body: JSON.stringify({ query: QUERY }), signal: deadline };
  const answer = (await (await fetch(url, request)).json()) as { readonly data?: unknown; readonly errors?: unknown };
  process.stdout.write(`\n${QUERY}\n\n${JSON.stringify(answer, null, 2)}\n`);
  if (answer.data == null || answer.errors !== undefined) throw new Error('The answer has errors.');
}

function stop(): void {
  for (const child of children) child.kill('SIGTERM');
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    stop();
    process.exit(1);
  });
}

try {
  await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  stop();
}
