import { writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { type FieldNode, Kind, type OperationDefinitionNode, parse, print } from 'graphql';
import { Agent, request } from 'undici';
import { createHostileOperations, createRandom, type Operation, type Random } from './hostile-operations.ts';
import { toPost } from './request.ts';
import { type ServerProcess, startGateway } from './server-process.ts';
import { printTable } from './table.ts';

/** The option that limits Node's heap to 512 MB. Node itself chooses this limit in a container with 1 GiB of memory. */
const HEAP = '--max-old-space-size=512';

/**
 * A small query that a second client sends repeatedly during the search. If an operation makes this client wait for its answers, the
 * operation harms other clients.
 */
const SMALL = '{ gpuAvailability(first: 5) { nodes { stock } } }';

/** The pause of the second client after each answer, in milliseconds. */
const EVERY_MS = 5;

/**
 * The size of the pool, which contains the most harmful operations so far. About half of the new operations combine two operations from the
 * pool.
 */
const POOL = 100;

/** How many of the worst operations are measured again at the end of the search. */
const WORST = 30;

/** How many times each of the worst operations is measured again. */
const ROUNDS = 5;

/** How many of the worst operations are printed and written to the file. */
const SHOWN = 10;

/** The maximum time that another client may have to wait because of an operation, in milliseconds. */
const MOST_WAIT_MS = 250;

/** The maximum growth of the gateway's memory because of an operation, in MB. */
const MOST_MEMORY_MB = 64;

interface Measured {
  readonly operation: Operation;
  readonly status: number;
  readonly bytes: number;
  readonly tookMs: number;
  /** The longest time that another client waited for an answer while the operation was executed. */
  readonly waitMs: number;
  /** The largest growth of the gateway's resident memory while the operation was executed. */
  readonly memoryMb: number;
}

/**
 * Searches for operations that harm other clients although they are within all limits. Tries `count` operations: random ones, and
 * combinations of the most harmful ones so far. Prints how long the most harmful operations make another client wait, and writes these
 * operations to `file`. Sets the exit code 1 if one of them exceeds `MOST_WAIT_MS` or `MOST_MEMORY_MB` in each repeated measurement.
 */
export async function searchHostile(count: number, seed: number, file: string): Promise<void> {
  const gateway = await startGateway({ LOG_LEVEL: 'silent' }, [HEAP]);
  const random = createRandom(seed);
  const next = createHostileOperations(random);
  const other = createOtherClient(gateway.url);
  let pool: Measured[] = [];
  // The first operations are not counted, because code that has just been loaded is slow.
  for (let index = 0; index < 100; index += 1) await measure(gateway, other, next());
  for (let index = 0; index < count; index += 1) {
    const operation = pool.length === POOL && random() < 0.5 ? cross(pool, random) : next();
    const measured = await measure(gateway, other, operation);
    pool = [...pool, measured].toSorted((a, b) => scoreOf(b) - scoreOf(a)).slice(0, POOL);
    if ((index + 1) % 1000 === 0) console.error(`${index + 1} operations; the worst wait is ${worstOf(pool)} ms`);
  }
  const worst: Measured[] = [];
  for (const { operation } of pool.slice(0, WORST)) {
    const rounds: Measured[] = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measure(gateway, other, operation));
    worst.push(leastOf(rounds));
  }
  await other.stop();
  await gateway.stop();
  const shown = worst.toSorted((a, b) => scoreOf(b) - scoreOf(a)).slice(0, SHOWN);
  printTable(
    shown.map(({ operation, status, bytes, tookMs, waitMs, memoryMb }, index) => ({
      '#': index + 1,
      'bytes in': operation.query.length + JSON.stringify(operation.variables).length,
      status,
      'bytes out': bytes,
      'took ms': Math.round(tookMs),
      'others waited ms': Math.round(waitMs),
      'memory MB': memoryMb,
    })),
  );
  writeFileSync(file, JSON.stringify(shown.map(({ operation }) => operation)));
  if (shown.some(({ waitMs, memoryMb }) => waitMs > MOST_WAIT_MS || memoryMb > MOST_MEMORY_MB)) process.exitCode = 1;
}

const scoreOf = ({ waitMs, memoryMb }: Measured): number => Math.max(waitMs / MOST_WAIT_MS, memoryMb / MOST_MEMORY_MB);

const worstOf = (all: readonly Measured[]): number => Math.round(Math.max(...all.map(({ waitMs }) => waitMs)));

/**
 * Returns the smallest values that several rounds with the same operation have measured. Larger values may be due to another process or to
 * a garbage collection.
 */
function leastOf(rounds: readonly Measured[]): Measured {
  const [first] = rounds as readonly [Measured];
  const least = (of: (one: Measured) => number) => Math.min(...rounds.map(of));
  return {
    ...first,
    tookMs: least((one) => one.tookMs),
    waitMs: least((one) => one.waitMs),
    memoryMb: least((one) => one.memoryMb),
  };
}

/** Creates a client that sends a small query again and again, until it is stopped. */
function createOtherClient(url: string) {
  const dispatcher = new Agent({ connections: 1 });
  let longestMs = 0;
  let startedAt: number | undefined;
  const stopping = new AbortController();
  const asking = (async () => {
    while (!stopping.signal.aborted) {
      startedAt = performance.now();
      const { path, method, headers, body } = toPost(SMALL);
      const answer = await request(`${url}${path}`, { method, headers, body: body ?? null, dispatcher });
      await answer.body.dump();
      longestMs = Math.max(longestMs, performance.now() - startedAt);
      startedAt = undefined;
      await wait(EVERY_MS);
    }
  })();
  return {
    /** Returns the longest wait since the previous call, in milliseconds. The wait of a request in progress counts too. */
    takeLongest(): number {
      const longest = Math.max(longestMs, startedAt === undefined ? 0 : performance.now() - startedAt);
      longestMs = 0;
      return longest;
    },
    async stop() {
      stopping.abort();
      await asking;
      await dispatcher.close();
    },
  };
}

async function measure(
  gateway: ServerProcess,
  other: ReturnType<typeof createOtherClient>,
  operation: Operation,
): Promise<Measured> {
  const { query, variables, accept } = operation;
  const before = gateway.resetPeak();
  other.takeLongest();
  const startedAt = performance.now();
  const answer = await request(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ query, variables }),
  });
  let bytes = 0;
  for await (const chunk of answer.body) bytes += (chunk as Buffer).length;
  const tookMs = performance.now() - startedAt;
  const waitMs = other.takeLongest();
  const memoryMb = gateway.memoryMb().peak - before;
  return { operation, status: answer.statusCode, bytes, tookMs, waitMs, memoryMb };
}

/** Creates an operation with the root fields of two operations from the pool. */
function cross(pool: readonly Measured[], random: Random): Operation {
  const pick = () => (pool[Math.floor(random() * pool.length)] as Measured).operation;
  const [one, two] = [pick(), pick()];
  const fields = [one, two].flatMap(({ query }, index) => rootFieldsOf(query, `p${index}_`));
  const variables = { ...one.variables, ...two.variables };
  const head = 'them' in variables ? 'query ($them: [_Any!]!) ' : '';
  return { query: `${head}{ ${fields.join(' ')} }`, variables, accept: one.accept };
}

function rootFieldsOf(query: string, prefix: string): readonly string[] {
  const [operation] = parse(query).definitions as readonly [OperationDefinitionNode];
  return operation.selectionSet.selections.map((selection) => {
    if (selection.kind !== Kind.FIELD) return print(selection);
    const { alias, name } = selection;
    const renamed: FieldNode = {
      ...selection,
      alias: { kind: Kind.NAME, value: `${prefix}${(alias ?? name).value}`.slice(0, 128) },
    };
    return print(renamed);
  });
}
