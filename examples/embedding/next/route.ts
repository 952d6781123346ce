import { createGpuAvailability } from 'gpu-availability-gateway';

// This file is app/api/graphql/route.ts.
const gpus = createGpuAvailability({ path: '/api/graphql', runpodApiKey: process.env['RUNPOD_API_KEY'] });
const answer = (request: Request) => gpus.fetch(request);

export { answer as GET, answer as POST };
