import { createServerAdapter } from '@whatwg-node/server';
import express from 'express';
import { createGpuAvailability, type OperationClient } from 'gpu-availability-gateway';

export const gpus = createGpuAvailability({ runpodApiKey: process.env['RUNPOD_API_KEY'] });
export const app = express();
const answer = createServerAdapter<OperationClient>((request, { client }) => gpus.fetch(request, { client }));
// Behind a proxy, `request.ip` is the address of the proxy, unless the setting `trust proxy` of Express names the proxy.
app.all('/graphql', (request, response) => answer(request, response, { client: request.ip }));
