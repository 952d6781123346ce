import { describe, expect, it } from 'vitest';
import { createHealthMonitor } from '../src/upstream/health.ts';

/** Creates a monitor of the health of a source of data. The test controls the clock of the monitor. */
function createMonitor() {
  let time = 0;
  let open = false;
  const clock = { now: () => time, wallNow: () => Date.UTC(2025, 10, 14) + time };
  const monitor = createHealthMonitor(clock, () => open);
  return {
    ...monitor,
    health: () => monitor.status().health,
    pass: (ms: number) => {
      time += ms;
    },
    openCircuit: () => {
      open = true;
    },
  };
}

describe('the health of a source', () => {
  it('is UP before the first request, and DOWN if a request has failed and none has succeeded', () => {
    const { health, settled } = createMonitor();
    expect(health()).toBe('UP');
    settled('a', 'failed');
    expect(health()).toBe('DOWN');
  });

  it.each(['failed', 'incomplete'] as const)(
    'is DEGRADED after a request whose result is %s, until a request about the same subject is complete',
    (result) => {
      const { health, settled } = createMonitor();
      settled('b', 'complete');
      settled('a', result);
      settled('b', 'complete');
      expect(health()).toBe('DEGRADED');
      settled('a', 'complete');
      expect(health()).toBe('UP');
    },
  );

  it('forgets a failure after a minute', () => {
    const { health, settled, pass } = createMonitor();
    settled('b', 'complete');
    settled('a', 'failed');
    pass(59_999);
    expect(health()).toBe('DEGRADED');
    pass(1);
    expect(health()).toBe('UP');
  });

  it('is DOWN if several subjects fail and no request succeeds for a minute, but not if only one subject fails', () => {
    const { health, settled, pass } = createMonitor();
    settled('a', 'complete');
    pass(60_000);
    settled('a', 'failed');
    expect(health()).toBe('DEGRADED');
    settled('b', 'failed');
    expect(health()).toBe('DOWN');
    settled('c', 'incomplete');
    expect(health()).toBe('DEGRADED');
  });

  it('counts only the subjects that failed since the last success', () => {
    const { health, settled, pass } = createMonitor();
    settled('a', 'failed');
    settled('b', 'complete');
    pass(60_000);
    settled('c', 'failed');
    expect(health()).toBe('DEGRADED');
  });

  it('is DOWN while the circuit breaker is open', () => {
    const { health, settled, openCircuit } = createMonitor();
    settled('a', 'complete');
    openCircuit();
    expect(health()).toBe('DOWN');
  });

  it('includes the wall-clock time of the last request that returned any of the requested data', () => {
    const { status, settled, pass } = createMonitor();
    settled('a', 'failed');
    expect(status().lastSuccessAt).toBeNull();
    settled('a', 'incomplete');
    pass(1000);
    settled('a', 'failed');
    expect(status().lastSuccessAt).toBe('2025-11-14T00:00:00.000Z');
    settled('b', 'complete');
    expect(status().lastSuccessAt).toBe('2025-11-14T00:00:01.000Z');
  });
});
