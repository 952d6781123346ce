/** Starts the gateway (from its recording), the notes subgraph and a federation gateway, and asks one query across both. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

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
}`;

const children: ChildProcess[] = [];
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** Starts a program of TypeScript, and waits for the line that tells where it listens. */
function start(file: string, args: readonly string[] = []): Promise<string> {
  const env = { ...process.env, PORT: '0', UPSTREAM: 'recorded', LOG_LEVEL: 'error' };
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
    createInterface(child.stdout).on('line', (line) => {
      process.stdout.write(`${line}\n`);
      const [url] = / ready at (http:\S+?),?(?= |$)/.exec(line)?.slice(1) ?? [];
      if (url !== undefined) resolve(url);
    });
  });
}

try {
  const [gpus, notes] = await Promise.all([start(here('../../src/main.ts')), start(here('notes-subgraph.ts'))]);
  const url = await start(here('federation-gateway.ts'), [`gpus=${gpus}`, `notes=${notes}`]);
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query: QUERY }) });
  const answer = (await response.json()) as { readonly errors?: unknown };
  process.stdout.write(`\n${QUERY}\n\n${JSON.stringify(answer, null, 2)}\n`);
  if (answer.errors !== undefined) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  for (const child of children) child.kill('SIGTERM');
}
