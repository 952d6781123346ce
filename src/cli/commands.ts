import { type Command, createCommand, toNumber, toWholeNumber } from './command.ts';
import { SETTINGS } from './help.ts';

const start = createCommand({
  summary: 'starts the gateway, and stops it on SIGTERM or SIGINT',
  usage: '',
  details: SETTINGS,
  options: {},
  async run() {
    // Loading this module starts the gateway.
    await import('../main.ts');
    return undefined;
  },
});

const doctor = createCommand({
  summary: 'shows what is wrong with the configured source, and what to do',
  usage: '',
  details: `It sends a few requests to the configured source, or to both of RunPod's APIs with UPSTREAM=auto.
The exit code is 1 if a problem prevents correct answers.

${SETTINGS}`,
  options: {},
  run: async () => (await import('./doctor.ts')).diagnose(),
});

const compare = createCommand({
  summary: "shows where RunPod's GraphQL API and its REST API disagree",
  usage: '[--count 1] [--threshold 1] [--json]',
  details: `  --count      GPUs on one pod, 1 to 16
  --threshold  the maximum percentage of cells that may be in stock in one API only, or unknown to one API (default 1); prices do not count
  --json       prints JSON only

The exit code is 1 if more cells disagree, if an API cannot be read, or if no cell can be compared.
It requires RUNPOD_API_KEY, because the REST API does not answer without a key.`,
  options: {
    count: { type: 'string', default: '1' },
    threshold: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
  async run({ values }) {
    const gpuCount = toWholeNumber('--count', values.count, 1, 16);
    const threshold = toNumber('--threshold', values.threshold, 0, 100);
    const { compareApis } = await import('./compare.ts');
    return compareApis({ gpuCount, threshold, json: values.json });
  },
});

const record = createCommand({
  summary: "records RunPod's current answers in a folder, from which the gateway can serve them",
  usage: '<folder>',
  details: `The folder must not exist. To serve the recording, start the gateway with UPSTREAM=recorded and with the folder as RECORDING.
In a clone of the repository, the default is a folder in fixtures/runpod, named after the day. The gateway serves the newest recording there.
The answers come from RunPod's GraphQL API, which needs no key. Nothing is written unless all answers are complete.`,
  options: {},
  mostPositionals: 1,
  run: async ({ positionals: [folder] }) => (await import('./record.ts')).recordInto(folder),
});

const schema = createCommand({
  summary: 'prints the public schema as SDL',
  usage: '[--subgraph]',
  details:
    '  --subgraph  prints the SDL of the subgraph, from which a supergraph is composed, instead of the public schema',
  options: { subgraph: { type: 'boolean', default: false } },
  run: async ({ values }) => (await import('./print-schema.ts')).printSchema(values.subgraph),
});

/** All commands by name, in the order of the help. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map(
  Object.entries({ start, doctor, compare, record, schema }),
);
