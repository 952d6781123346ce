import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApolloClient } from '../examples/clients/apollo.ts';
import {
  AvailabilityMatrixDocument,
  CheapestGpusDocument,
  WhereCanIRentDocument,
} from '../examples/clients/operations.generated.ts';
import { ask } from '../examples/clients/typed-fetch.ts';
import { createUrqlClient } from '../examples/clients/urql.ts';
import { type RunningServer, startServer } from '../src/transport/server.ts';
import { createGateway } from './support/gateway.ts';

let server: RunningServer;
let url: string;
beforeAll(async () => {
  const { handler, log } = createGateway();
  server = await startServer(handler, { host: '127.0.0.1', port: 0, log });
  url = `${server.url}/graphql`;
});
afterAll(() => server.close(0));

const RTX_4090 = { gpuType: 'RTX 4090', region: 'EUROPE' } as const;

describe('a client that copies an example', () => {
  it('is answered by fetch alone, with types', async () => {
    const { gpuAvailability } = await ask(url, WhereCanIRentDocument, RTX_4090);
    expect(gpuAvailability.totalCount).toBe(5);
    expect(gpuAvailability.nodes.map(({ onDemandPrice }) => onDemandPrice?.perGpu)).toEqual([
      0.69, 0.69, 0.69, 0.69, 0.69,
    ]);
    const matrix = await ask(url, AvailabilityMatrixDocument, {});
    expect(matrix.gpuAvailability.nodes).toHaveLength(matrix.gpuAvailability.coverage.expected);
  });

  it('is told what is wrong by an error with a code', async () => {
    await expect(ask(url, WhereCanIRentDocument, { gpuType: 'RTX 4091' })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('RTX 4090'),
    });
  });

  it('is answered through urql', async () => {
    const { data, error } = await createUrqlClient(url).query(CheapestGpusDocument, { minMemoryGb: 80, first: 3 });
    expect(error).toBeUndefined();
    expect(data?.gpuAvailability.nodes).toHaveLength(3);
  });

  it('is answered through Apollo Client, by hash from the second time on', async () => {
    for (let round = 0; round < 2; round += 1) {
      const client = createApolloClient(url);
      const { data } = await client.query({ query: CheapestGpusDocument, variables: { minMemoryGb: 80, first: 3 } });
      expect(data?.gpuAvailability.nodes).toHaveLength(3);
      client.stop();
    }
  });
});
