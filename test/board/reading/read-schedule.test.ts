import { describe, expect, it } from 'vitest';
import { createReadSchedule } from '../../../src/board/reading/read-schedule.ts';
import type { GpuTypeResponse } from '../../../src/board/state/response.ts';
import { sampleCell } from '../sample-cells.ts';

const LONGEST_MS = 60_000;
const instant = (seconds: number) => new Date(seconds * 1000).toISOString();

const answer = (observedAtSeconds: number, stale = false): GpuTypeResponse => ({
  nodes: [sampleCell('A', 'EU-1', 1, { observedAt: instant(observedAtSeconds), stale })],
  failures: [],
});

/** A schedule whose clock each read moves forward. */
function startSchedule() {
  let nowMs = 0;
  const schedule = createReadSchedule(() => nowMs);
  return {
    /** Records a read with these responses, and returns the time until the next read in milliseconds. */
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

  it('follows a gateway whose observations stay fresh for a short time', () => {
    const { readAt } = startSchedule();
    const waits = [0, 1, 2, 3, 4].map((seconds) => readAt(seconds, { A: answer(seconds - (seconds % 2)) }));
    expect(waits).toEqual([1000, 1000, 1000, 1000, 1000]);
  });

  it.each([
    ['is stale', answer(-100, true)],
    ['has no response', undefined],
    ['has failed', { nodes: [], failures: [{}] } as unknown as GpuTypeResponse],
  ])('comes soon, and then later each time, while a GPU type %s', (_name, waitedFor) => {
    const { readAt } = startSchedule();
    readAt(0, { A: answer(0) });
    const waits = [100, 101, 103, 107, 115, 131].map((seconds) => readAt(seconds, { A: answer(99), B: waitedFor }));
    const longest = [1000, 2000, 4000, 8000, 16_000, 30_000];
    expect(waits.map((ms, index) => ms / (longest[index] ?? 0))).toSatisfy((parts: readonly number[]) =>
      parts.every((part) => part > 0.7 && part <= 1),
    );
  });

  it('comes soon again when a stale GPU type has been renewed', () => {
    const { readAt } = startSchedule();
    const stale = answer(-100, true);
    for (const seconds of [0, 1, 3, 7]) readAt(seconds, { A: stale, B: stale });
    expect(readAt(15, { A: answer(14), B: stale })).toBeLessThanOrEqual(1000);
    expect(readAt(16, { A: answer(14), B: stale })).toBeGreaterThan(1000);
  });

  it('does not come sooner when fresh GPU types are renewed', () => {
    const { readAt } = startSchedule();
    const failing = answer(-100, true);
    for (const seconds of [0, 1, 3, 7, 15]) readAt(seconds, { A: answer(seconds), B: failing });
    expect(readAt(31, { A: answer(31), B: failing })).toBeGreaterThan(20_000);
  });
});
