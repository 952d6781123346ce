import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createProgress } from '../src/cli/progress.ts';
import { casesOf } from './cases.ts';
import { load } from './load.ts';
import type { QueryName } from './queries.ts';
import { FOLDER, startGateway } from './server-process.ts';
import { printTable } from './table.ts';

const WARM_UP_MS = 3000;
const PROFILED_MS = 5000;

/** The maximum number of lines in a table. */
const MOST = 20;

/** The fields of a V8 CPU profile that this file reads. Times are in microseconds on the clock of `process.hrtime`. */
interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
  readonly startTime: number;
  /** The id of the node that was running at each sample. */
  readonly samples: readonly number[];
  /** The time between each sample and the previous sample. */
  readonly timeDeltas: readonly number[];
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** Prints where the gateway spends its time, first when it executes operations and then when it sends finished responses. */
export async function profileGateway(): Promise<void> {
  for (const name of ['gateway, executing', 'gateway, again']) {
    for (const query of ['79 rows', '5 rows'] as const) await profileCase(name, query);
  }
}

async function profileCase(name: string, query: QueryName): Promise<void> {
  const progress = createProgress();
  progress.show(`profiling ${name}, ${query}`);
  const asked = casesOf(query).find((one) => one.name === name);
  if (asked === undefined) throw new Error(`no case is called ${name}`);
  const folder = join(FOLDER, `${name} ${query}`);
  mkdirSync(folder);
  const server = await startGateway({}, ['--cpu-prof', `--cpu-prof-dir=${folder}`]);
  const expected = { ...asked, server, status: 200, length: undefined };
  await load({ ...expected, durationMs: WARM_UP_MS });
  const from = now();
  const { rate } = await load({ ...expected, durationMs: PROFILED_MS });
  const until = now();
  await server.stop();
  const [file = ''] = readdirSync(folder);
  const profile: CpuProfile = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const frames = selfTimes(profile, from, until);
  progress.end();
  console.log(`## ${name}, ${query}: ${Math.round(rate)} requests/s while profiled\n`);
  printTable(toRows('package', sumBy(frames, packageOf)));
  printTable(toRows('function', sumBy(frames, functionOf)));
}

const now = () => Number(process.hrtime.bigint() / 1000n);

/** Returns how long each function itself ran between `from` and `until`, in microseconds. Idle time does not count. */
function selfTimes({ nodes, startTime, samples, timeDeltas }: CpuProfile, from: number, until: number) {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const times = new Map<CallFrame, number>();
  let at = startTime;
  for (const [index, id] of samples.entries()) {
    const delta = timeDeltas[index] ?? 0;
    at += delta;
    const frame = frames.get(id);
    if (at < from || at > until || frame === undefined || frame.functionName === '(idle)') continue;
    times.set(frame, (times.get(frame) ?? 0) + delta);
  }
  return times;
}

function sumBy(times: ReadonlyMap<CallFrame, number>, nameOf: (frame: CallFrame) => string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [frame, time] of times) sums.set(nameOf(frame), (sums.get(nameOf(frame)) ?? 0) + time);
  return sums;
}

function toRows(what: string, sums: ReadonlyMap<string, number>) {
  const all = [...sums.values()].reduce((sum, time) => sum + time, 0);
  const longest = [...sums].toSorted(([, a], [, b]) => b - a).slice(0, MOST);
  return longest.map(([name, time]) => ({ [what]: name, 'self %': ((time / all) * 100).toFixed(1) }));
}

const GATEWAY = new URL('../dist/', import.meta.url).href;

/**
 * Labels for the profile entries that stand for work of V8 itself. The keys are the names of these entries in the profile. All other
 * entries without a file are native functions of Node or V8.
 */
const OF_V8: Readonly<Record<string, string>> = {
  '(garbage collector)': 'garbage collection',
  '(program)': 'outside of functions',
};

function packageOf({ url, functionName }: CallFrame): string {
  if (url.startsWith('node:')) return 'node';
  if (url.startsWith(GATEWAY)) return 'the gateway';
  const file = fileOf(url);
  return /^(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? OF_V8[functionName] ?? 'native functions';
}

function functionOf(frame: CallFrame): string {
  const { functionName, url, lineNumber } = frame;
  if (url === '') return OF_V8[functionName] ?? (functionName || 'anonymous, native');
  return `${functionName || 'anonymous'} (${fileOf(url)}:${lineNumber + 1})`;
}

/** Returns the path of a file relative to `dist`, or to the last `node_modules` in its URL. */
const fileOf = (url: string): string =>
  url.startsWith(GATEWAY)
    ? fileURLToPath(url).slice(fileURLToPath(GATEWAY).length)
    : url.replace(/^.*\/node_modules\//, '');
