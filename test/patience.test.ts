import { describe, expect, it } from 'vitest';
import { createPatience } from '../src/upstream/request/patience.ts';

/** A patience that has received answers with these durations in milliseconds. */
function patienceAfter(...tookMs: number[]) {
  const patience = createPatience(10_000);
  for (const ms of tookMs) patience.answered('other', ms);
  return patience;
}

const steady = (ms: number) => Array.from({ length: 50 }, () => ms);

describe('the patience with a request', () => {
  it('is half of the time-out before the first answer', () => {
    expect(patienceAfter().limitMs('a')).toBe(5000);
  });

  it('is three times the usual duration for answers of equal duration, and at least 500 ms', () => {
    expect(patienceAfter(...steady(1000)).limitMs('a')).toBeCloseTo(3000, -1);
    expect(patienceAfter(...steady(5)).limitMs('a')).toBe(500);
  });

  it('is longer for answers of varying duration', () => {
    const varied = Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? 100 : 1900));
    expect(patienceAfter(...varied).limitMs('a')).toBeGreaterThan(4000);
  });

  it('adapts to a source that has become slow as a whole after its first slow answer', () => {
    const patience = patienceAfter(...steady(200));
    patience.answered('a', 4000);
    expect(patience.limitMs('b')).toBeGreaterThan(4000);
  });

  it('doubles with each subject that hangs, until an answer arrives', () => {
    const patience = patienceAfter(...steady(200));
    patience.hung('a');
    patience.hung('a');
    patience.hung('b');
    expect(patience.limitMs('c')).toBeCloseTo(4 * 600, -1);
    patience.answered('d', 200);
    expect(patience.limitMs('c')).toBeCloseTo(600, -1);
  });

  it('is twice the last duration for a subject that is slow by itself, without an effect on others', () => {
    const patience = patienceAfter(...steady(200));
    patience.hung('slow');
    patience.answered('slow', 3000);
    expect([patience.limitMs('slow'), patience.limitMs('a')]).toEqual([6000, expect.closeTo(600, -1)]);
    patience.answered('slow', 200);
    expect(patience.limitMs('slow')).toBe(patience.limitMs('a'));
  });
});

describe('a suspect', () => {
  it('is a subject that hung, until it answers', () => {
    const patience = patienceAfter(200);
    expect(patience.isSuspect('a')).toBe(false);
    patience.hung('a');
    patience.answered('b', 200);
    expect(patience.isSuspect('a')).toBe(true);
    patience.answered('a', 200);
    expect(patience.isSuspect('a')).toBe(false);
  });
});
