import { createGpuAvailability } from 'gpu-availability-gateway';
import { Hono } from 'hono';

export const gpus = createGpuAvailability({ runpodApiKey: process.env['RUNPOD_API_KEY'] });
export const app = new Hono();
app.all('/graphql', (context) => gpus.fetch(context.req.raw));
