import { KEY, type startFakeRest } from './fake-rest.ts';
import { createGateway } from './gateway.ts';

type Rest = Awaited<ReturnType<typeof startFakeRest>>;

/** Creates a gateway that reads the REST API of the stand-in `rest`, and never repeats a request that failed. */
export const connectToRest = ({ url }: Pick<Rest, 'url'>, env: Record<string, string> = {}) =>
  createGateway({ UPSTREAM: 'rest', RUNPOD_API_KEY: KEY, RUNPOD_REST_URL: url, UPSTREAM_RETRIES: '0', ...env });

/** A query for every cell of a pod size. */
export const MATRIX = `query ($gpuCount: Int! = 1) { gpuAvailability(gpuCount: $gpuCount, filter: { includeUnavailable: true }) {
  nodes { gpuType { id } dataCenter { id region } available stock onDemandPrice { perGpu perPod } stale }
  coverage { complete expected failed failures { gpuType { id } dataCenter { id } code } } } }`;
