import { describe, expect, it } from 'vitest';
import { createReadSchedule } from '../../../src/board/reading/read-schedule.ts';
import type { GpuTypeResponse } from '../../../src/board/state/response.ts';
import { sampleCell } from '../sample-cells.ts';

/** The longest time between two reads, in milliseconds. */
const LONGEST_MS = 60_000;
const instant = (seconds: number) => new Date(seconds * 1000).toISOString();

/** Returns a response with one cell that was observed at this time, in seconds since the clock started. */
const answer = (observedAtSeconds: number, stale = false): GpuTypeResponse => ({
  nodes: [sampleCell('A', 'EU-1', 1, { observedAt: instant(observedAtSeconds), stale })],
  failures: [],
});

/** Creates a read schedule with a fake clock. `readAt` sets the clock. */
function startSchedule() {
  let nowMs = 0;
  const schedule = createReadSchedule(() => nowMs);
  return {
    /** Sets the clock and records a read with these responses by GPU type id. Returns the time until the next read in milliseconds. */
    readAt: (seconds: number, answers: Record<string, GpuTypeResponse | undefined>) => {
      nowMs = seconds * 1000;
      const entries = Object.entries(answers).flatMap(([id, known]) =>
        known === undefined ? [] : [[id, known] as const],
      );
      schedule.recordRead(Object.keys(answers), new Map(entries));
      return schedule.nextReadInMs(LONGEST_MS);
    },
  };
}

describe('the next read', () => {
  it('comes after the longest time that an observation has stayed fresh, at most a minute', () => {
    const { readAt } = startSchedule();
    const waits = [0, 1, 3, 40, 200].map((seconds) => readAt(seconds, { A: answer(0) }));
    expect(waits).toEqual([1000, 1000, 3000, 40_000, 60_000]);
    expect(readAt(201, { A: answer(201) })).toBe(60_000);
  });

  it('comes after a second when the gateway renews its observations every two seconds', () => {
    const { readAt } = startSchedule();
    const waits = [0, 1, 2, 3, 4].map((seconds) => readAt(seconds, { A: answer(seconds - (seconds % 2)) }));
    expect(waits).toEqual([1000, 1000, 1000, 1000, 1000]);
  });

  it.each([
    ['is stale', answer(-100, true)],
    ['has no response', undefined],
    ['has failed', { nodes: [], failures: [{}] } as unknown as GpuTypeResponse],
  ])('comes after a second, and then after doubled delays, while a GPU type %s', (_name, waitedFor) => {
    const { readAt } = startSchedule();
    readAt(0, { A: answer(0) });
    const waits = [100, 101, 103, 107, 115, 131].map((seconds) => readAt(seconds, { A: answer(99), B: waitedFor }));
    const longest = [1000, 2000, 4000, 8000, 16_000, 30_000];
    expect(waits.map((ms, index) => ms / (longest[index] ?? 0))).toSatisfy((parts: readonly number[]) =>
      parts.every((part) => part > 0.7 && part <= 1),
    );
  });

  it('comes after a second again when a stale GPU type has been renewed', () => {
    const { readAt } = startSchedule();
    const stale = answer(-100, true);
    for (const seconds of [0, 1, 3, 7]) readAt(seconds, { A: stale, B: stale });
    expect(readAt(15, { A: answer(14), B: stale })).toBeLessThanOrEqual(1000);
    expect(readAt(16, { A: answer(14), B: stale })).toBeGreaterThan(1000);
  });

  it('keeps its long delay when only fresh GPU types are renewed', () => {
    const { readAt } = startSchedule();
    const failing = answer(-100, true);
    for (const seconds of [0, 1, 3, 7, 15]) readAt(seconds, { A: answer(seconds), B: failing });
    expect(readAt(31, { A: answer(31), B: failing })).toBeGreaterThan(20_000);
  });
});
