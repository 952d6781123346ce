import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { BUILT } from './build-setup.ts';

/** Returns the command line that runs a built program of the gateway, such as 'main'. */
export const program = (name: string, ...args: string[]): readonly string[] => [
  process.execPath,
  `${BUILT}/${name}.js`,
  ...args,
];

const running = new Set<ReturnType<typeof spawn>>();

/** Kills every gateway that is still running. */
export function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
}

/** Starts a gateway as a process on a free port. `ready` rejects with the output if the gateway ends before it listens. */
export function start(env: Record<string, string>, [command = '', ...args] = program('main')) {
  const gateway = spawn(command, args, { env: { ...process.env, PORT: '0', ...env } });
  running.add(gateway);
  const lines: string[] = [];
  const stderr: string[] = [];
  const exit = once(gateway, 'close').then(([code, signal]) => code ?? signal);
  const ready = new Promise<string>((resolve, reject) => {
    createInterface(gateway.stdout).on('line', (line) => {
      lines.push(line);
      const url = /Gateway listening at (http:\S+\/graphql)/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
    const fail = (end: unknown) =>
      reject(new Error(`The gateway ended before it listened (${String(end)}):\n${[...stderr, ...lines].join('\n')}`));
    void exit.then(fail, fail);
  });
  // Prevents unhandled rejections in tests of failed starts, which do not wait for `ready`.
  ready.catch(() => {});
  gateway.stderr.on('data', (chunk) => stderr.push(String(chunk)));
  return { gateway, ready, exit, lines, stderr };
}
