import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, it } from 'vitest';
import { createGateway } from './support/gateway.ts';

it('a subscription does not stay open if its client has disconnected before the subscription begins', async () => {
  const gateway = createGateway();
  await gateway.ask('{ gpuTypes { id } dataCenters { id } }');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port);
  const query = encodeURIComponent('subscription { gpuAvailabilityChanged { id } }');
  client.write(`GET /graphql?query=${query} HTTP/1.1\r\nhost: gateway\r\naccept: text/event-stream\r\n\r\n`);
  const [request, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
  client.destroy();
  await once(response, 'close');
  await gateway.handler(request, response);
  const { body } = await gateway.get('/metrics');
  expect(body).toContain('\ngpu_gateway_subscriptions 0\n');
  server.close();
});
