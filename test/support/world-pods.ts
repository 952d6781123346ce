import { indexStock, podPrice, type World } from './world.ts';

/** The body of a request that creates a pod, as schema/upstream-rest.json allows it. */
export interface CreatePodBody {
  readonly name: string;
  readonly image: string;
  readonly cloud: 'SECURE';
  readonly gpu: { readonly id: string; readonly count: number };
  readonly dataCenterIds: readonly [string];
  readonly globalNetworking?: boolean;
}

/**
 * Creates functions that answer requests to create pods in a world (a state of RunPod), as RunPod's REST API v2 does. A created pod does
 * not reduce the stock.
 */
export function createPodAnswers(world: World) {
  const levelOf = indexStock(world);
  const gpuTypes = new Map(world.gpuTypes.map((row) => [row.id, row]));
  const dataCenters = new Map(world.dataCenters.map((row) => [row.id, row]));

  return {
    /** Returns the reason why the requested pod cannot be created, or `null` if it can be created. */
    obstacle({ gpu, dataCenterIds: [place], globalNetworking = false }: CreatePodBody): string | null {
      const gpuType = gpuTypes.get(gpu.id);
      const dataCenter = dataCenters.get(place);
      if (gpuType === undefined) return 'There is no such GPU type';
      if (dataCenter === undefined) return 'There is no such data center';
      if (globalNetworking && gpuType.manufacturer !== 'NVIDIA') return 'The global network requires an NVIDIA GPU';
      if (globalNetworking && !dataCenter.globalNetwork) return 'The data center is not on the global network';
      const isInStock = gpuType.offered.secure && levelOf(gpu.id, place, gpu.count) !== 'NONE';
      return isInStock ? null : 'No such pod is in stock';
    },

    /** Returns a new pod with all properties that RunPod documents as required. */
    pod({ name, image, cloud, gpu, dataCenterIds: [place], globalNetworking = false }: CreatePodBody) {
      return {
        id: '7h9k2m4n6p',
        name,
        image,
        args: '',
        disk: 50,
        ports: [],
        env: {},
        registry: null,
        status: 'PROVISIONING',
        actions: ['start', 'terminate'],
        mounts: {},
        gpu,
        cloud,
        dataCenterId: place,
        cudaVersion: null,
        ssh: { proxy: null, direct: null },
        template: null,
        cost: podPrice(gpuTypes.get(gpu.id)?.price.secure ?? 0, gpu.count),
        locked: false,
        globalNetworking: { enabled: globalNetworking },
        runtime: null,
        createdAt: '2026-11-28T00:00:00Z',
        startedAt: null,
      };
    },
  };
}
