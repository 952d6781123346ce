import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UpstreamNotAttemptedError, UpstreamTimeoutError } from '../src/domain/errors.ts';
import { createCircuit } from '../src/upstream/request/circuit.ts';
import { always, down, limited } from './support/attempts.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Creates a circuit breaker. `answerProbe` ends the probe that is in flight: with an answer, or with the given error. */
function createTested() {
  const probes: ((error?: Error) => void)[] = [];
  const counts = { probes: 0, openings: 0 };
  const probe = () =>
    new Promise<void>((resolve, reject) => {
      counts.probes += 1;
      probes.push((error) => (error === undefined ? resolve() : reject(error)));
    });
  const circuit = createCircuit({
    probe,
    onOpen: () => {
      counts.openings += 1;
    },
  });
  return {
    circuit,
    counts,
    fail: async (times: number, error: () => Error = down) => {
      for (let count = 0; count < times; count += 1) await circuit.run('Gpus', always(error)).catch(() => {});
    },
    answerProbe: async (error?: Error) => {
      probes.shift()?.(error);
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

describe('a closed circuit', () => {
  it('runs attempts and returns their outcome', async () => {
    const { circuit } = createTested();
    expect(await circuit.run('Gpus', async () => 'answer')).toBe('answer');
    const error = down();
    await expect(
      circuit.run(
        'Gpus',
        always(() => error),
      ),
    ).rejects.toBe(error);
  });

  it('sends the probe after exactly ten failures in a row, and only one at a time', async () => {
    const { circuit, counts, fail, answerProbe } = createTested();
    await fail(9);
    expect(counts.probes).toBe(0);
    await fail(1);
    expect(counts.probes).toBe(1);
    await fail(15);
    expect([counts.probes, circuit.state]).toEqual([1, 'closed']);
    await answerProbe();
    await fail(10);
    expect([counts.probes, circuit.state]).toEqual([2, 'closed']);
  });

  it.each([
    ['time-outs', () => new UpstreamTimeoutError('Gpus', 1000)],
    ['failed connections', down],
  ])('counts %s as failures', async (_what, error) => {
    const { counts, fail } = createTested();
    await fail(10, error);
    expect(counts.probes).toBe(1);
  });

  it('stays closed when the probe is answered, and sends the next probe after ten further failures', async () => {
    for (const error of [undefined, limited(0)]) {
      const { circuit, counts, fail, answerProbe } = createTested();
      await fail(10);
      await answerProbe(error);
      await fail(9);
      expect([circuit.state, counts.probes]).toEqual(['closed', 1]);
      await fail(1);
      expect([circuit.state, counts]).toEqual(['closed', { probes: 2, openings: 0 }]);
    }
  });

  it('stays closed when the probe fails after a request was answered, and is probed again after ten failures', async () => {
    const { circuit, counts, fail, answerProbe } = createTested();
    await fail(10);
    await circuit.run('Gpus', async () => 'answer');
    await answerProbe(down());
    await fail(8);
    expect([circuit.state, counts.probes]).toEqual(['closed', 1]);
    await fail(1);
    expect([circuit.state, counts.probes]).toEqual(['closed', 2]);
    await answerProbe(down());
    expect(circuit.state).toBe('open');
  });
});

describe('an open circuit', () => {
  it('rejects requests, and names the reason', async () => {
    const { circuit, counts, fail, answerProbe } = createTested();
    await fail(10);
    await answerProbe(new UpstreamTimeoutError('Gpus', 1000));
    expect([circuit.state, counts.openings]).toEqual(['open', 1]);
    await expect(circuit.run('Gpus', async () => 'answer')).rejects.toThrow(
      'No request for Gpus was sent to RunPod: its API is down; the gateway checks it again every few seconds',
    );
  });

  it('is not probed early because of requests that were in flight when it opened', async () => {
    const { circuit, counts, fail, answerProbe } = createTested();
    const ends: ((error?: Error) => void)[] = [];
    const inFlight = Array.from({ length: 20 }, () => {
      const attempt = () =>
        new Promise<void>((resolve, reject) => {
          ends.push((error) => (error === undefined ? resolve() : reject(error)));
        });
      return circuit.run('Gpus', attempt).catch(() => {});
    });
    await fail(10);
    await answerProbe(down());
    for (const [index, end] of ends.entries()) end(index === 0 ? undefined : down());
    await Promise.all(inFlight);
    expect([ends.length, circuit.state, counts]).toEqual([20, 'open', { probes: 1, openings: 1 }]);
    await vi.advanceTimersByTimeAsync(5000);
    expect([circuit.state, counts]).toEqual(['half-open', { probes: 2, openings: 1 }]);
  });

  it('is half-open during a probe, rejects requests meanwhile, and is probed five seconds after the last probe ended', async () => {
    const { circuit, counts, fail, answerProbe } = createTested();
    await fail(10);
    await answerProbe(down());
    for (const sent of [1, 2]) {
      await vi.advanceTimersByTimeAsync(4999);
      expect([circuit.state, counts.probes]).toEqual(['open', sent]);
      await vi.advanceTimersByTimeAsync(1);
      expect([circuit.state, counts.probes]).toEqual(['half-open', sent + 1]);
      await expect(circuit.run('Gpus', async () => 'answer')).rejects.toThrow(UpstreamNotAttemptedError);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(counts.probes).toBe(sent + 1);
      await answerProbe(down());
    }
    expect(circuit.state).toBe('open');
  });

  it.each([
    ['an answer', undefined],
    ['a refusal', limited(0)],
  ])(
    'closes after %s to the probe, and opens again only after ten failures and another probe',
    async (_what, error) => {
      const { circuit, counts, fail, answerProbe } = createTested();
      await fail(10);
      await answerProbe(down());
      await vi.advanceTimersByTimeAsync(5000);
      await answerProbe(error);
      expect([circuit.state, counts.probes]).toEqual(['closed', 2]);
      await fail(10);
      expect([circuit.state, counts.probes]).toEqual(['closed', 3]);
      await answerProbe(down());
      expect([circuit.state, counts.openings]).toEqual(['open', 2]);
    },
  );
});
