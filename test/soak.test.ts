import { describe, expect, it } from 'vitest';
import { startFakeRunPod } from './support/fake-runpod.ts';
import { connect, createGateway } from './support/gateway.ts';
import { heapInUse } from './support/heap.ts';
import { createJudgedClients } from './support/judged-clients.ts';
import { planSteps, QUERY, type Question, truthOf, variablesOf } from './support/plan.ts';
import { collectUncaught } from './support/uncaught.ts';
import type { Row } from './support/verdict.ts';
import { createFaults, type Weather } from './support/weather.ts';

/** The seed of every random choice. A run with SOAK_SEED=… repeats the run that had this seed. */
const SEED = Number(process.env['SOAK_SEED'] ?? 20_251_114);
const REQUESTS = Number(process.env['SOAK_REQUESTS'] ?? 2400);
const LIMITS = { freshMs: 60_000, staleMs: 600_000 };
const ENV = {
  UPSTREAM_TIMEOUT_MS: '100',
  UPSTREAM_RETRIES: '1',
  FRESH_SECONDS: '60',
  STALE_SECONDS: '600',
  DISCOVERY_SECONDS: '120',
};
const MATRIX: Question = { gpuCount: 1, includeUnavailable: true, leaves: false };

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Returns all rows for pods of one GPU and of two GPUs. They come from a gateway that answers from the recording, which has no faults. */
async function readTruth(): Promise<readonly Row[]> {
  const { ask } = createGateway();
  const answers = await Promise.all([1, 2].map((gpuCount) => ask(QUERY, variablesOf({ ...MATRIX, gpuCount }))));
  return answers.flatMap(({ data }) => data.gpuAvailability.nodes);
}

describe(`a gateway in front of a RunPod that fails at random (SOAK_SEED=${SEED})`, () => {
  it('shows no wrong cell, keeps running in constant memory, and recovers', { timeout: 300_000 }, async () => {
    const truth = await readTruth();
    const steps = planSteps(truth, SEED, REQUESTS);
    let weather: Weather = 'clear';
    const faults = createFaults(SEED, () => weather);
    await using runPod = await startFakeRunPod(faults);
    using uncaught = collectUncaught();
    const gateway = connect(runPod.url, ENV);
    const circuitIs = async (state: string) =>
      (await gateway.get('/metrics')).body.includes(`circuit_state{source="runpod_graphql",state="${state}"} 1`);
    // The errors that the polls below find. An assertion inside a poll would not make the test fail, but only make the poll try again.
    const wrong: string[] = [];
    const isWell = (clients: ReturnType<typeof createJudgedClients>) => async () => {
      gateway.passSeconds(61);
      wrong.push(...(await clients.askAll([MATRIX])));
      const { data } = await gateway.ask(QUERY, variablesOf(MATRIX));
      return data.gpuAvailability?.coverage.complete === true && !data.gpuAvailability.freshness.stale;
    };
    // This poll may take long. On a busy machine the first answers may exceed the time-out so often that the gateway pauses its requests.
    await expect
      .poll(isWell(createJudgedClients(gateway, LIMITS, (question) => truthOf(truth, question))), { timeout: 90_000 })
      .toBe(true);

    const clients = createJudgedClients(gateway, LIMITS, (question) => truthOf(truth, question));
    const { askAll, count } = clients;
    const heapByTenth: number[] = [];
    for (const [index, step] of steps.entries()) {
      weather = step.weather ?? weather;
      const [before, meanwhile] = step.seconds;
      gateway.passSeconds(before);
      setImmediate(() => gateway.passSeconds(meanwhile));
      expect(await askAll(step.questions), `step ${index} of SOAK_SEED=${SEED}`).toEqual([]);
      runPod.seen.length = 0;
      gateway.logged.length = 0;
      const endsTenth = Math.floor(((index + 1) * 10) / steps.length) > heapByTenth.length;
      if (endsTenth) heapByTenth.push(heapInUse());
    }
    expect(heapByTenth).toHaveLength(10);
    const [, second = 0] = heapByTenth;
    expect((heapByTenth.at(-1) ?? 0) / second).toBeLessThan(1.1);
    // Memory use varies by a megabyte, depending on which faults have occurred. The limit of 3 MB is above that, but a leak of 2 kB per
    // request would exceed it.
    expect(median(heapByTenth.slice(7)) - median(heapByTenth.slice(1, 4))).toBeLessThan(3_000_000);

    weather = 'night';
    const inTheDark = async () => {
      gateway.passSeconds(61);
      wrong.push(...(await askAll([MATRIX])));
      return circuitIs('open');
    };
    await expect.poll(inTheDark, { timeout: 20_000 }).toBe(true);
    weather = 'clear';
    await expect.poll(isWell(clients), { timeout: 90_000 }).toBe(true);
    expect(wrong).toEqual([]);
    expect(await circuitIs('closed')).toBe(true);

    expect(runPod.mostInFlight()).toBeLessThanOrEqual(3);
    expect(uncaught.errors).toEqual([]);
    // The test proves something only if each kind of event has occurred.
    expect(Object.entries(count).filter(([, many]) => many === 0)).toEqual([]);
    console.info(count, heapByTenth);
  });
});
