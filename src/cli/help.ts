import type { Command } from './command.ts';

/** The name of the program. */
export const PROGRAM = 'gpu-availability-gateway';

/** Explains where settings come from, and the settings that are needed most often. */
export const SETTINGS = `Settings are environment variables, or lines such as NAME=value in the file .env of the current folder. The most important ones:

  RUNPOD_API_KEY   RunPod's API key, for live answers from both of RunPod's APIs
  UPSTREAM         source of the answers: recorded (the default without a key), graphql (live, works without a key), rest or auto
  HOST, PORT       where the gateway listens, 127.0.0.1 and 4000 by default; with port 0, it chooses a free port
  CLIENT_API_KEYS  comma-separated keys, one of which clients must send
  REDIS_URL        Redis, through which several gateways share answers and limits

README.md explains all settings.`;

/** Returns the help for the whole program. */
export function overviewOf(commands: ReadonlyMap<string, Command>): string {
  const lines = [...commands].map(([name, { summary }]) => `  ${name.padEnd(9)}  ${summary}`);
  return `${PROGRAM} [command] [options]

Reports which GPUs can be rented on RunPod, where, at what price, and how certain that is, as a GraphQL API.

${lines.join('\n')}

  --help     prints this; after a command, prints the help for that command
  --version  prints the version

${SETTINGS}
`;
}

/** Returns the help for one command. */
export function helpOf(name: string, { summary, usage, details }: Command): string {
  return `${`${PROGRAM} ${name} ${usage}`.trim()}\n\nThis ${summary}.\n\n${details}\n`;
}
