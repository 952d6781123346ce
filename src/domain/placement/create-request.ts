import type { Row } from '../row.ts';

/** A request to RunPod's REST API that creates a pod. */
export interface CreateRequest {
  readonly method: string;
  readonly url: string;
  /** JSON. */
  readonly body: string;
}

/** RunPod's public address. A configured address is not used, because it may be internal to the operator's network. */
const URL_OF_PODS = 'https://api.runpod.io/v2/pods';

/**
 * Returns the request that creates the pod of a row. The name and the image are placeholders, and the API key is left to the client. If
 * `globalNetwork` is true, the pod joins RunPod's global network. RunPod allows this only for NVIDIA GPUs, so other pods do not request it.
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
