/** Measures the gateway and prints tables: `npm run bench`. `npm run bench -- --help` lists the benchmarks. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { asksForHelp, readArguments, toWholeNumber, UsageError } from '../src/cli/command.ts';
import { benchColdSweep } from './cold-sweep.ts';
import { benchGrowth } from './growth.ts';
import { benchHanging } from './hanging.ts';
import { searchHostile } from './hostile.ts';
import { benchPlacement } from './placement.ts';
import { profileGateway } from './profile.ts';
import { benchThroughput } from './throughput.ts';
import { benchUnderLoad } from './under-load.ts';

const HELP = `npm run bench -- [option]

Without an option, measures the cold sweep, and compares the gateway with other servers. Each option selects another benchmark:

  --profile    shows where the gateway spends its time
  --placement  compares placements with gpuAvailability for the same rows
  --growth     shows how the cost grows with the numbers of GPU types and data centers
  --load       shows how clients affect each other
  --hanging    shows how GPU types without an answer affect the others
  --hostile    searches for operations that keep other clients waiting, with these options:
    --operations  number of operations to try, 20000 by default
    --seed        seed of the random numbers, 1 by default
    --file        file for the worst operations, hostile-operations.json by default

docs/performance.md says how long each benchmark takes.
`;

/** The benchmarks that run only with the command-line option of the same name. At most one of them runs. */
const BENCHMARKS = {
  profile: profileGateway,
  placement: benchPlacement,
  growth: benchGrowth,
  load: benchUnderLoad,
  hanging: benchHanging,
} as const;

const args = process.argv.slice(2);
try {
  if (asksForHelp(args)) process.stdout.write(HELP);
  else await prepare(args)();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\nFor help, run: npm run bench -- --help\n`);
  process.exitCode = 2;
}

/** Checks the arguments and builds the gateway. Returns the benchmark that the arguments select. */
function prepare(given: readonly string[]): () => Promise<void> {
  const benchmark = select(given);
  execFileSync('npm', ['run', '--silent', 'build:bench'], { stdio: 'inherit' });
  return benchmark;
}

function select(given: readonly string[]): () => Promise<void> {
  const flag = { type: 'boolean' } as const;
  const text = { type: 'string' } as const;
  const { values } = readArguments(given, {
    profile: flag,
    placement: flag,
    growth: flag,
    load: flag,
    hanging: flag,
    hostile: flag,
    operations: text,
    seed: text,
    file: text,
  });
  const { hostile = false, operations, seed, file, ...others } = values;
  const [first, second] = [...Object.keys(others), ...(hostile ? ['hostile'] : [])];
  if (second !== undefined) throw new UsageError(`--${first} and --${second} are different benchmarks. Choose one.`);
  if (hostile) {
    const count = toWholeNumber('--operations', operations ?? '20000', 1, 10_000_000);
    const random = toWholeNumber('--seed', seed ?? '1', 0, 2 ** 32 - 1);
    const target = file ?? 'hostile-operations.json';
    checkTarget(target);
    return () => searchHostile(count, random, target);
  }
  if ([operations, seed, file].some((value) => value !== undefined)) {
    throw new UsageError('--operations, --seed and --file require --hostile.');
  }
  return first === undefined ? benchAgainstOthers : BENCHMARKS[first as keyof typeof BENCHMARKS];
}

/** Checks before a long search that the file for its result can be written. */
function checkTarget(file: string): void {
  try {
    accessSync(dirname(file), constants.W_OK);
  } catch (error) {
    throw new UsageError(`--file is ${JSON.stringify(file)}, which cannot be written: ${(error as Error).message}.`);
  }
}

async function benchAgainstOthers(): Promise<void> {
  await benchColdSweep();
  await benchThroughput('79 rows');
  await benchThroughput('5 rows');
}
