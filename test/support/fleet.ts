import { start } from './start.ts';

/** A replica: a process that can be killed and started again at the same address. */
export async function startReplica(env: Record<string, string>) {
  let running = start(env);
  const url = await running.ready;
  const port = new URL(url).port;

  return {
    url,
    /** The answer, or why there is none. */
    async ask(query: string, variables: Record<string, unknown> = {}) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors } = await response.json();
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
      return data;
    },
    async metric(name: string): Promise<number> {
      const body = await (await fetch(new URL('/metrics', url))).text();
      return Number(
        body
          .split('\n')
          .find((line) => line.startsWith(`${name} `))
          ?.split(' ')
          .at(-1),
      );
    },
    logged: () => running.lines.join('\n'),
    errors: () => running.stderr.join(''),
    signal: (signal: NodeJS.Signals) => running.gateway.kill(signal),
    async kill(): Promise<void> {
      running.gateway.kill('SIGKILL');
      await running.exit;
    },
    async restart(): Promise<void> {
      running = start({ ...env, PORT: port });
      await running.ready;
    },
    get exit() {
      return running.exit;
    },
  };
}

/** Replicas with the same settings. */
export const startReplicas = (count: number, env: Record<string, string>) =>
  Promise.all(Array.from({ length: count }, () => startReplica(env)));
