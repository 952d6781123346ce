import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { composeServices } from '@theguild/federation-composition';
import { createGpuAvailability } from 'gpu-availability-gateway';
import { typeDefs } from 'gpu-availability-gateway/subgraph';

export const gpus = createGpuAvailability({ runpodApiKey: process.env['RUNPOD_API_KEY'] });
const url = 'http://gpus.internal/graphql'; // No request is sent to this address.
const { supergraphSdl: supergraph = '' } = composeServices([{ name: 'gpus', url, typeDefs }]); // Add your other subgraphs.
const send = (to: string, init?: RequestInit) =>
  to.startsWith(url) ? gpus.fetch(new Request(to, init)) : fetch(to, init);
export const gateway = createGatewayRuntime({ supergraph, fetchAPI: { fetch: send } });
