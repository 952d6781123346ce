import { expect, it } from 'vitest';
import { createGateway } from './support/gateway.ts';

const gateway = createGateway();

const ENTITY = '{ __typename: "GpuType", id: "NVIDIA L4" }';

/**
 * Returns an operation with exactly `tokens` tokens: 248 entities with 8 tokens each, 12 tokens around the entities, and further fields.
 */
const operationOf = (tokens: number) =>
  `{ _entities(representations: [${ENTITY.repeat(248)}]) { __typename } ${'__typename '.repeat(tokens - 12 - 248 * 8)}}`;

it('the gateway accepts an operation of 2000 tokens', async () => {
  expect((await gateway.ask(operationOf(2000))).errors).toBeUndefined();
});

it.each([
  ['2001 tokens', operationOf(2001)],
  ['2001 tokens before its first mistake', `${operationOf(2001)} }`],
])('the gateway refuses an operation of %s', async (_what, query) => {
  const { errors } = await gateway.ask(query);
  expect(errors).toEqual([{ message: 'Token limit of 2000 exceeded.', extensions: { code: 'OPERATION_TOO_COMPLEX' } }]);
});

it('the gateway reports a mistake before the 2001st token as a syntax error', async () => {
  const mistake = '"Document contains more that 2000 tokens." ';
  const { errors } = await gateway.ask(`${mistake}${operationOf(2001)}`);
  expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }]);
});
