import { getOperationAST, parse } from 'graphql';
import { expect, it } from 'vitest';
import { planQueries } from '../src/graphql/cost/planned-queries.ts';
import { fragmentsIn } from '../src/graphql/operation/fragments.ts';
import { createGatewaySchema } from '../src/graphql/schema.ts';
import { dataCenterOf, gpuTypeOf } from './support/list-rows.ts';

const schema = createGatewaySchema();

it.each([-2_147_483_648, -1, 0])(
  'a placement with first: %i does not reduce the number of planned queries',
  (first) => {
    const document = parse(`{
    placement(needs: {}, first: ${first}) { options { availability { gpuType { availability { totalCount } } } } }
    gpuTypes { availability { totalCount } }
  }`);
    const operation = getOperationAST(document) ?? expect.fail();
    const all = { gpuTypes: [gpuTypeOf({})], dataCenters: [dataCenterOf('EU-RO-1')] };
    const { times } = planQueries({ schema, fragments: fragmentsIn(document), variables: {} }, operation, all);
    expect(times).toBeGreaterThanOrEqual(all.gpuTypes.length);
  },
);
