import { createServerAdapter } from '@whatwg-node/server';
import express from 'express';
import { createGpuAvailability, type OperationClient } from 'gpu-availability-gateway';

export const gpus = createGpuAvailability({ runpodApiKey: process.env['RUNPOD_API_KEY'] });
export const app = express();
const answer = createServerAdapter<OperationClient>((request, { client }) => gpus.fetch(request, { client }));
app.all('/graphql', (request, response) => answer(request, response, { client: request.ip }));
