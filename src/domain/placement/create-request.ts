import type { Row } from '../row.ts';

/** A request to RunPod's REST API that creates a pod. */
export interface CreateRequest {
  readonly method: string;
  readonly url: string;
  /** The body of the request, as JSON. */
  readonly body: string;
}

/**
 * RunPod's public URL for pods. It is not taken from the settings, because a configured address may be internal to the operator's network.
 */
const URL_OF_PODS = 'https://api.runpod.io/v2/pods';

/**
 * Returns the request that creates a pod with this GPU type, data center and number of GPUs. The name and the image are placeholders, and
 * the client must add its API key. If `globalNetwork` is true and the GPU is from NVIDIA, the pod joins RunPod's global network. RunPod
 * does not allow this for other GPUs.
 */
export function toCreateRequest(
  { gpuType, dataCenter, gpuCount }: Pick<Row, 'gpuType' | 'dataCenter' | 'gpuCount'>,
  { globalNetwork }: { readonly globalNetwork: boolean },
): CreateRequest {
  const body = {
    name: '<name>',
    image: '<image>',
    cloud: 'SECURE',
    gpu: { id: gpuType.id, count: gpuCount },
    dataCenterIds: [dataCenter.id],
    ...(globalNetwork && gpuType.manufacturer === 'NVIDIA' && { globalNetworking: true }),
  };
  return { method: 'POST', url: URL_OF_PODS, body: JSON.stringify(body) };
}
