import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A server in a process of its own. CPU time and memory are read from /proc, which only Linux has. */
export interface ServerProcess {
  /** The address at which the server listens, without a path. */
  readonly url: string;
  /** Returns the CPU time of all threads so far, in milliseconds. */
  cpuMs(): number;
  /** Returns the resident memory, now and at its peak, in MB. */
  memoryMb(): { readonly now: number; readonly peak: number };
  /** Resets the peak of resident memory. Returns the resident memory now, in MB. */
  resetPeak(): number;
  /** Empties the log file of the server. */
  dropLog(): void;
  /** Sends SIGTERM, and waits until the process has ended. */
  stop(): Promise<void>;
}

/** A folder for the files of this run. It is removed when this program ends. */
export const FOLDER = mkdtempSync(join(tmpdir(), 'gateway-bench-'));

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(FOLDER, { recursive: true, force: true });
});

const GATEWAY = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const OTHER = fileURLToPath(new URL('../dist/bench/server.js', import.meta.url));

/** Starts the gateway as `npm start` does. `flags` are command-line options of Node. */
export const startGateway = (settings: Record<string, string> = {}, flags: readonly string[] = []) =>
  start([...flags, '--enable-source-maps', GATEWAY], { HOST: '127.0.0.1', PORT: '0', ...settings });

/** Starts one of the servers in `server.ts`. The server reads its data from `file`. */
export const startOther = (kind: string, file: string) => start([OTHER, kind, file], {});

/** The unit in which Linux reports CPU time, in milliseconds. */
const TICK_MS = 10;

/** The interval between checks whether a server is ready, in milliseconds. */
const POLL_MS = 5;

let started = 0;

/**
 * Starts a server process, and waits until its log contains its address. The output of the process goes to a file. The working directory
 * has no .env file, so only `settings` apply.
 */
async function start(args: readonly string[], settings: Record<string, string>): Promise<ServerProcess> {
  started += 1;
  const path = join(FOLDER, `${started}.log`);
  // In mode 'a', each write goes to the current end of the file, so the process writes at the start after `dropLog` has emptied the file.
  // In another mode, it would write at its old position.
  const log = openSync(path, 'a');
  const env = { PATH: process.env['PATH'], NODE_ENV: 'production', ...settings };
  const child = spawn(process.execPath, args, { cwd: FOLDER, env, stdio: ['ignore', log, 'inherit'] });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${args.join(' ')} cannot be started`);
  running.add(child);
  const ended = once(child, 'exit').finally(() => running.delete(child));
  let url: string | undefined;
  while (url === undefined) {
    await wait(POLL_MS);
    if (!running.has(child)) throw new Error(`${args.join(' ')} ended: ${readFileSync(path, 'utf8')}`);
    url = / (?:ready|listening) at (\S+)\/graphql/.exec(readFileSync(path, 'utf8'))?.[1];
  }
  const memory = (name: string) => {
    const [, kb] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Math.round(Number(kb) / 1024);
  };
  return {
    url,
    cpuMs() {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // According to proc(5), the CPU times are fields 14 and 15. Field 2, the name of the process in parentheses, may contain spaces, so
      // the fields are split only after it.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    },
    memoryMb: () => ({ now: memory('VmRSS'), peak: memory('VmHWM') }),
    resetPeak() {
      // According to proc(5), writing 5 resets the peak of the resident set.
      writeFileSync(`/proc/${pid}/clear_refs`, '5');
      return memory('VmRSS');
    },
    dropLog: () => ftruncateSync(log),
    async stop() {
      child.kill();
      await ended;
    },
  };
}
