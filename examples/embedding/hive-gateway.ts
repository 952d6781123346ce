import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { composeServices } from '@theguild/federation-composition';
import { createGpuAvailability } from 'gpu-availability-gateway';
import { typeDefs } from 'gpu-availability-gateway/subgraph';

export const gpus = createGpuAvailability({ runpodApiKey: process.env['RUNPOD_API_KEY'] });
// Add your other subgraphs. No request is sent to the host gpus.internal.
const { supergraphSdl, errors } = composeServices([{ name: 'gpus', url: 'http://gpus.internal/graphql', typeDefs }]);
if (errors) throw new AggregateError(errors, 'The subgraphs do not fit together.');
const send = (to: string, init?: RequestInit) =>
  new URL(to).host === 'gpus.internal' ? gpus.fetch(new Request(to, init)) : fetch(to, init);
export const gateway = createGatewayRuntime({ supergraph: supergraphSdl, fetchAPI: { fetch: send } });
