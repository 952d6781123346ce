import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SYSTEM_CLOCK } from '../src/domain/clock.ts';
import { UpstreamGoneError, UpstreamUnreachableError } from '../src/domain/errors.ts';
import { type SpanOptions, type Tracer, UNTRACED } from '../src/observability/tracing/tracer.ts';
import { createAttempts } from '../src/upstream/request/attempts.ts';
import { IN_ANY_SLOT } from '../src/upstream/request/in-slot.ts';
import { createRequestQueue } from '../src/upstream/request/request-queue.ts';
import { SHARE_NOTHING } from '../src/upstream/request/slow-down.ts';
import { AWAITED, always, createSource, down, limited, RENEWAL, taking } from './support/attempts.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Creates a source with one slot. `ask` resolves to the answer or to the message of the failure. */
function createMessaging({ endsWhenGone = true } = {}) {
  const spans: [name: string, apart: SpanOptions['apart']][] = [];
  const tracer: Tracer = {
    ...UNTRACED,
    span(name, { apart }, work) {
      spans.push([name, apart]);
      return work();
    },
  };
  const sent: string[] = [];
  const toRequest = (operation: string, make: () => Promise<string>) => ({
    operation,
    subject: `about ${operation}`,
    async exchange() {
      sent.push(operation);
      return make();
    },
    read: (body: string) => ({ value: body, complete: true }),
  });
  const whenFull = () => new Error('full');
  const attempts = createAttempts({
    lane: createRequestQueue({ concurrency: 1, inSlot: IN_ANY_SLOT, limit: 100, whenFull }).createLane(),
    clock: SYSTEM_CLOCK,
    shareRefusals: SHARE_NOTHING,
    endsWhenGone,
    timeoutMs: 10_000,
    retries: 0,
    probe: toRequest('Probe', always(down)),
    onAttempt() {},
    tracer,
  });
  const ask = (operation: string, make: () => Promise<string>, demand = AWAITED) =>
    attempts.ask(toRequest(operation, make), demand).catch(({ message }: Error) => message);
  return { attempts, ask, sent, spans };
}

const gone = () => new UpstreamGoneError('Old');

describe('a source that answers 410', () => {
  it('gets no more requests if it is retired: the waiting ones and all later ones fail at once', async () => {
    const { attempts, ask, sent } = createMessaging();
    const answers = [ask('Old', always(gone)), ask('Waiting', taking(1))];
    expect(attempts.isGone).toBe(false);
    expect(await Promise.all(answers)).toEqual([
      'RunPod no longer answers Old: HTTP 410',
      'RunPod no longer answers Waiting: HTTP 410',
    ]);
    expect(attempts.isGone).toBe(true);
    expect(await ask('Later', taking(1))).toBe('RunPod no longer answers Later: HTTP 410');
    expect(sent).toEqual(['Old']);
  });

  it('gets further requests if the 410 concerns only one request', async () => {
    const { attempts, ask } = createMessaging({ endsWhenGone: false });
    const answers = [ask('Old', always(gone)), ask('Waiting', async () => 'answer')];
    expect(await Promise.all(answers)).toEqual(['RunPod no longer answers Old: HTTP 410', 'answer']);
    expect(attempts.isGone).toBe(false);
  });
});

it('a source that is down rejects the waiting requests with that reason', async () => {
  const { attempts, ask } = createMessaging();
  for (let count = 0; count < 9; count += 1) await ask('Gpus', always(down));
  const answers = [ask('Gpus', always(down)), ask('Prices', taking(1000))];
  await vi.advanceTimersByTimeAsync(0);
  expect(attempts.circuit).toBe('open');
  expect((await Promise.all(answers))[1]).toBe('No request for Prices was sent to RunPod: its API is down');
});

describe('the span of a request', () => {
  it('belongs to the trace of the client that waits for it, or to a trace of its own if no client waits', async () => {
    for (const [demand, apart] of [
      [AWAITED, false],
      [RENEWAL, true],
    ] as const) {
      const { ask, spans } = createMessaging();
      await ask('Gpus', async () => 'answer', demand);
      expect(spans).toEqual([
        ['ask Gpus', apart],
        ['Gpus', undefined],
      ]);
    }
  });

  it('for a probe belongs to a trace of its own', async () => {
    const { ask, spans } = createMessaging();
    for (let count = 0; count < 10; count += 1) await ask('Gpus', always(down));
    await vi.advanceTimersByTimeAsync(0);
    expect(spans.slice(-2)).toEqual([
      ['probe', true],
      ['Probe', undefined],
    ]);
  });
});

describe('a retry', () => {
  it('comes after at most five seconds, however often the request has failed', async () => {
    const source = createSource({ retries: 40 });
    const answer = source.ask('a', always(down));
    await vi.advanceTimersByTimeAsync(1_000_000);
    await answer;
    const starts = source.startsOf('a');
    expect(starts).toHaveLength(41);
    const delays = starts.slice(1).map((ms, index) => ms - (starts[index] ?? 0));
    expect(Math.max(...delays)).toBeLessThanOrEqual(5000);
  });

  it.each([
    ['429', () => limited(10_000)],
    ['503', () => new UpstreamUnreachableError('op', 'HTTP 503', { retryAfterMs: 10_000 })],
  ])('is sent after a %s with a Retry-After of ten seconds', async (_status, error) => {
    const source = createSource({ retries: 1 });
    const answer = source.ask('a', always(error));
    await vi.advanceTimersByTimeAsync(60_000);
    await answer;
    expect(source.startsOf('a')).toHaveLength(2);
  });
});
