import { describe, expect, it } from 'vitest';
import { startFakeRunPod } from './support/fake-runpod.ts';
import { connect, createGateway } from './support/gateway.ts';
import { listen } from './support/listening-gateway.ts';

describe('an incremental response', () => {
  it.each([['multipart/mixed;incrementalSpec=v0.2'], ['multipart/mixed;deferSpec=20220824'], ['text/event-stream']])(
    'is refused as %s if a list would be streamed twice',
    async (accept) => {
      const ask = await listen(createGateway());
      const init = { headers: { 'content-type': 'application/json', accept } };
      const once =
        '{ gpuAvailability { nodes @stream { stock } ...R } } fragment R on GpuAvailabilityReport { nodes @stream { id } }';
      expect((await ask(once, init)).status).toBe(200);
      const twice = once.replace('...R', '...R @defer');
      const text = await (await ask(twice, init)).text();
      expect(text).toContain('GRAPHQL_VALIDATION_FAILED');
      expect(text).toContain('Stream it in one place');
      const spread =
        '{ gpuAvailability { ...R @defer ...R @defer } } fragment R on GpuAvailabilityReport { nodes @stream { id } }';
      expect(await (await ask(spread, init)).text()).toContain('Stream it in one place');
      const aliased = twice.replace('nodes @stream { id }', 'ids: nodes @stream { id }');
      expect(await (await ask(aliased, init)).text()).not.toContain('"errors"');
    },
  );

  it.each([
    ['by a number', '@stream(initialCount: -1)', {}, '-1'],
    ['by a variable', '@stream(initialCount: $count)', { count: -2 }, '-2'],
    ['by null', '@stream(initialCount: $count)', { count: null }, 'null'],
  ])(
    'is refused before a request to RunPod if initialCount is negative or null, %s',
    async (_by, stream, variables, count) => {
      await using runPod = await startFakeRunPod();
      const gateway = connect(runPod.url);
      const ask = await listen(gateway);
      const declared = stream.includes('$') ? '($count: Int)' : '';
      const query = `query ${declared} { gpuAvailability { nodes ${stream} { stock } } }`;
      // The gateway checks an unknown operation in one way, and a known operation in another way. Sending the operation twice tests both
      // ways.
      const asked = { body: JSON.stringify({ query, variables }) };
      for (const response of [await ask('', asked), await ask('', asked)]) {
        const [error] = JSON.parse(/\{.*\}/s.exec(await response.text())?.[0] ?? '').errors;
        expect(error.message).toBe(`initialCount of @stream is ${count}; it must be 0 or more.`);
        expect(error.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
      }
      expect(runPod.seen).toEqual([]);
      expect(gateway.logged.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
      const whole = { query: query.replace(stream, `${stream.slice(0, -1)}, if: false)`), variables };
      const body = await (await ask('', { body: JSON.stringify(whole) })).text();
      expect(body).toContain('"data"');
      expect(body).not.toContain('"errors"');
    },
  );

  it.each([
    ['of another operation', 'query A { gpuAvailability { nodes @stream(initialCount: -1) { stock } } }', {}],
    [
      'by a variable of another operation',
      'query A($n: Int) { gpuAvailability { nodes @stream(initialCount: $n) { stock } } }',
      { n: -1 },
    ],
  ])('is not refused for a negative initialCount %s', async (_what, other, variables) => {
    const gateway = createGateway();
    const ask = await listen(gateway);
    const declared = other.includes('$n') ? '($n: Float)' : '';
    const mine = `query B${declared} { gpuAvailability${declared === '' ? '' : '(filter: { maxPricePerGpuHour: $n })'} { totalCount } }`;
    const body = JSON.stringify({ query: `${other} ${mine}`, operationName: 'B', variables });
    const response = await ask('', { body, headers: { 'content-type': 'application/json' } });
    const text = await response.text();
    expect(text).toContain('"data":{"gpuAvailability"');
    expect(text).not.toContain('initialCount');
  });

  it('is not refused for an initialCount of null on a field that is skipped', async () => {
    const ask = await listen(createGateway());
    const query = `query ($skip: Boolean!, $count: Int) { gpuAvailability { totalCount
      nodes @skip(if: $skip) @stream(initialCount: $count) { stock } } }`;
    const body = JSON.stringify({ query, variables: { skip: true, count: null } });
    const response = await ask('', { body, headers: { 'content-type': 'application/json' } });
    expect(await response.text()).toContain('"totalCount"');
  });
});
