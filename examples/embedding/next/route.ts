import { createGpuAvailability } from 'gpu-availability-gateway';

// This file is app/api/graphql/route.ts.
const gpus = createGpuAvailability({ path: '/api/graphql', runpodApiKey: process.env['RUNPOD_API_KEY'] });

export const GET = (request: Request) => gpus.fetch(request);
export const POST = GET;
