import { describe, expect, it } from 'vitest';
import { createHangDetector } from '../src/upstream/request/hang-detector.ts';

/** Creates a hang detector that has seen answers with the durations `tookMs`, in milliseconds. */
function detectorAfter(...tookMs: number[]) {
  const detector = createHangDetector(10_000);
  for (const ms of tookMs) detector.answered('other', ms);
  return detector;
}

const steady = (ms: number) => Array.from({ length: 50 }, () => ms);

describe('the time that a request may run while other requests wait for its slot', () => {
  it('is half of the time-out before the first answer', () => {
    expect(detectorAfter().yieldAfterMs('a')).toBe(5000);
  });

  it('is three times the usual duration for answers of equal duration, and at least 500 ms', () => {
    expect(detectorAfter(...steady(1000)).yieldAfterMs('a')).toBeCloseTo(3000, -1);
    expect(detectorAfter(...steady(5)).yieldAfterMs('a')).toBe(500);
  });

  it('is at least a twentieth of a long time-out', () => {
    const least = [1000, 10_000, 40_000].map((timeoutMs) => {
      const detector = createHangDetector(timeoutMs);
      detector.answered('other', 5);
      return detector.yieldAfterMs('a');
    });
    expect(least).toEqual([500, 500, 2000]);
  });

  it.each([
    [[1000], 3000],
    [[1000, 3000], 1250 + 4 * 875],
    [[1000, 200], 900 + 4 * 575],
    [[1000, 1000], 3000],
  ])('follows the average duration and deviation of RFC 6298 after answers in %j ms', (tookMs, limitMs) => {
    expect(detectorAfter(...tookMs).yieldAfterMs('a')).toBe(limitMs);
  });

  it('does not change for other subjects when a suspect is answered quickly, or when a slow subject is answered at any speed', () => {
    const detector = detectorAfter(1000);
    detector.hung('a');
    detector.answered('a', 1);
    detector.hung('slow');
    for (const ms of [9000, 9000, 1]) detector.answered('slow', ms);
    expect(detector.yieldAfterMs('b')).toBe(3000);
  });

  it('is the usual time for a suspect whose answer takes exactly this time, and longer if the answer takes longer', () => {
    const detector = detectorAfter(1000);
    detector.hung('a');
    detector.answered('a', 3000);
    expect(detector.yieldAfterMs('a')).toBe(3000);
    detector.hung('a');
    detector.answered('a', 3001);
    expect(detector.yieldAfterMs('a')).toBe(6002);
  });

  it('is longer for answers of varying duration', () => {
    const varied = Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? 100 : 1900));
    expect(detectorAfter(...varied).yieldAfterMs('a')).toBeGreaterThan(4000);
  });

  it('adapts to a source that becomes slow as a whole as soon as the first slow answer arrives', () => {
    const detector = detectorAfter(...steady(200));
    detector.answered('a', 4000);
    expect(detector.yieldAfterMs('b')).toBeGreaterThan(4000);
  });

  it('doubles with each subject that hangs, until an answer arrives', () => {
    const detector = detectorAfter(...steady(200));
    detector.hung('a');
    detector.hung('a');
    detector.hung('b');
    expect(detector.yieldAfterMs('c')).toBeCloseTo(4 * 600, -1);
    detector.answered('d', 200);
    expect(detector.yieldAfterMs('c')).toBeCloseTo(600, -1);
  });

  it('is the usual time again for a slow subject after ten thousand other slow subjects', () => {
    const detector = detectorAfter(...steady(200));
    for (let index = 0; index <= 10_000; index += 1) {
      detector.hung(`subject ${index}`);
      detector.answered(`subject ${index}`, 3000);
    }
    expect([detector.yieldAfterMs('subject 0'), detector.yieldAfterMs('subject 1')]).toEqual([
      expect.closeTo(600, -1),
      6000,
    ]);
  });

  it('is twice the last duration for a subject that is slower than the others, without an effect on the others', () => {
    const detector = detectorAfter(...steady(200));
    detector.hung('slow');
    detector.answered('slow', 3000);
    expect([detector.yieldAfterMs('slow'), detector.yieldAfterMs('a')]).toEqual([6000, expect.closeTo(600, -1)]);
    detector.answered('slow', 200);
    expect(detector.yieldAfterMs('slow')).toBe(detector.yieldAfterMs('a'));
  });
});

describe('a subject that is suspected of hanging', () => {
  it('is forgotten after ten thousand other subjects have hung', () => {
    const detector = detectorAfter(200);
    for (let index = 0; index <= 10_000; index += 1) detector.hung(`subject ${index}`);
    expect(['subject 0', 'subject 1', 'subject 10000'].map((subject) => detector.isSuspect(subject))).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('is a subject that has hung and has not answered since', () => {
    const detector = detectorAfter(200);
    expect(detector.isSuspect('a')).toBe(false);
    detector.hung('a');
    detector.answered('b', 200);
    expect(detector.isSuspect('a')).toBe(true);
    detector.answered('a', 200);
    expect(detector.isSuspect('a')).toBe(false);
  });
});
