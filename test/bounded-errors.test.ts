import { describe, expect, it } from 'vitest';
import { enlarge } from '../bench/larger-recording.ts';
import { createGateway } from './support/gateway.ts';
import { readParts } from './support/parts.ts';
import { readRecording20251114 } from './support/recording-2025-11-14.ts';

const gateway = createGateway();

interface Failure {
  readonly message: string;
  readonly extensions: { readonly code: string };
}

const MISTAKE = 'availability(gpuType: "RTX 4O90") { totalCount }';
const inRows = (selection: string) =>
  `{ gpuAvailability(filter: { includeUnavailable: true }) { nodes { ${selection} } } }`;

/** Expects a hundred errors about the mistyped GPU type, and then one error about the limit of a hundred errors. */
function expectBounded(errors: readonly Failure[]): void {
  const codes = errors.map(({ extensions }) => extensions.code);
  expect(codes).toEqual([...Array.from({ length: 100 }, () => 'BAD_USER_INPUT'), 'OPERATION_TOO_COMPLEX']);
  expect(errors.at(-1)?.message).toMatch(/the limit is 100 errors/);
}

describe('an operation in which thousands of fields fail', () => {
  it('has a hundred errors and a summary', async () => {
    const { data, errors } = await gateway.ask(inRows(`dataCenter { ${MISTAKE} } stock`));
    expectBounded(errors ?? []);
    expect(data.gpuAvailability.nodes).toHaveLength(1599);
  });

  it('has a hundred errors and a summary in all its parts together', async () => {
    const headers = { 'content-type': 'application/json', accept: 'multipart/mixed' };
    const body = JSON.stringify({ query: inRows(`... @defer { dataCenter { ${MISTAKE} } }`) });
    const response = await gateway.handler.fetch('http://gateway.invalid/graphql', { method: 'POST', headers, body });
    const errors: unknown[] = [];
    for await (const { incremental = [] } of readParts(response)) {
      errors.push(...incremental.flatMap((part) => part.errors ?? []));
    }
    expectBounded(errors as Failure[]);
  });

  it('has a hundred errors and a summary for entities', async () => {
    const query = `query ($some: [_Any!]!) { _entities(representations: $some) { ... on DataCenter { ${MISTAKE} } } }`;
    const some = Array.from({ length: 1000 }, () => ({ __typename: 'DataCenter', id: 'EU-RO-1' }));
    const { errors } = await gateway.ask(query, { some });
    expectBounded(errors ?? []);
  });

  it('has fewer errors when their messages are long', async () => {
    const larger = createGateway({}, undefined, () => enlarge(readRecording20251114(), 10, 400));
    const mistake = 'gpuType { availability(filter: { dataCenterIds: ["nope"] }) { totalCount } }';
    const { errors = [] } = await larger.ask(inRows(mistake));
    expect(errors.length).toBeGreaterThan(10);
    expect(errors.reduce((sum, { message }) => sum + message.length, 0)).toBeLessThan(100_500);
    expect(errors.at(-1)?.extensions.code).toBe('OPERATION_TOO_COMPLEX');
  });
});

describe('an argument that GraphQL cannot read', () => {
  const question = 'availability(gpuCount: $count) { totalCount }';
  const ask = (text: string, variables: Record<string, unknown> = { count: null }) => gateway.ask(text, variables);

  it.each([
    ['each row', `query ($count: Int) { gpuAvailability { nodes { dataCenter { ${question} } } } }`],
    ['each item of a list', `query ($count: Int) { gpuTypes { ...A } } fragment A on GpuType { ${question} }`],
  ])('rejects the operation with one error if it would fail many times: in %s', async (_where, text) => {
    expect(await ask(text)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    expect((await ask(text, { count: 2 })).errors).toBeUndefined();
  });

  it('makes only its own field fail if the field is not in a list', async () => {
    const { data, errors } = await ask(`query ($count: Int) { gpuType(id: "NVIDIA L4") { id ${question} } }`);
    expect(data).toEqual({ gpuType: { id: 'NVIDIA L4', availability: null } });
    expect(errors).toHaveLength(1);
  });

  it('has no effect in a fragment that is not included', async () => {
    const text = `query ($count: Int, $ask: Boolean!) { gpuTypes { id ...A @include(if: $ask) } } fragment A on GpuType { ${question} }`;
    expect((await ask(text, { count: null, ask: false })).errors).toBeUndefined();
  });
});

it('an operation gets suggestions for only three of its unknown names', async () => {
  const fields = Array.from(
    { length: 40 },
    (_none, i) => `a${i}: gpuAvailability(gpuType: "RTX 409${i}x") { totalCount }`,
  );
  const { errors = [] } = await gateway.ask(`{ ${fields.join(' ')} }`);
  expect(errors).toHaveLength(40);
  expect(errors.filter(({ message }) => message.includes('Did you mean'))).toHaveLength(3);
  expect(errors.filter(({ message }) => message.includes('Query gpuTypes for'))).toHaveLength(37);
});
