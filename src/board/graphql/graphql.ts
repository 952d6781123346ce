/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** How a cell changed. */
export type ChangeKind =
  /** Stock was NONE. The cell can be rented now. */
  | 'APPEARED'
  /** The cell had stock before, and now has none. */
  | 'DISAPPEARED'
  /** The on-demand price or the spot price changed. The stock level is the same. */
  | 'PRICE_CHANGED'
  /** The cell could be rented before and after the change, but the stock level differs. */
  | 'STOCK_CHANGED';

/** The reason why a cell could not be observed. */
export type FailureCode =
  /** RunPod answered with an error or with unexpected data. */
  | 'BAD_RESPONSE'
  /**
   * The gateway has not sent a request to RunPod. Its queue of requests is full, it has paused requests after repeated failures, or
   * RunPod has only just added the data center.
   */
  | 'NOT_ATTEMPTED'
  /**
   * RunPod limited the rate of requests (HTTP 429), or this client has caused the maximum number of requests to RunPod. The message says
   * which of these is the reason.
   */
  | 'RATE_LIMITED'
  /** RunPod did not answer in time. */
  | 'TIMEOUT'
  /** RunPod rejected the gateway or its API key (HTTP 401 or 403). */
  | 'UNAUTHORIZED'
  /** RunPod could not be reached, or answered with HTTP 5xx. */
  | 'UNREACHABLE';

/** A maker of GPU chips. */
export type GpuManufacturer =
  /** Advanced Micro Devices. */
  | 'AMD'
  /** NVIDIA Corporation. */
  | 'NVIDIA'
  /** Another maker, or RunPod does not report the maker. */
  | 'UNKNOWN';

/**
 * Conditions on a pod. A pod must meet all of them. If a condition is omitted or null, it has no effect. If a value is unknown (null),
 * the pod does not meet a condition on this value. An empty list would match nothing, so it is an error (BAD_USER_INPUT).
 */
export type PlacementNeeds = {
  /** Only data centers that have all of these certifications. Use RunPod's names, in any letter case. */
  readonly compliance?: ReadonlyArray<string> | null | undefined;
  /** Only data centers in these countries, given as ISO 3166-1 alpha-2 codes in any letter case. */
  readonly countryCodes?: ReadonlyArray<string> | null | undefined;
  /**
   * Only data centers with these ids, in any letter case; for example, the data center of your network volume. An id that RunPod does
   * not report is an error (BAD_USER_INPUT).
   */
  readonly dataCenterIds?: ReadonlyArray<string | number> | null | undefined;
  /**
   * If true, only data centers on RunPod's global network are included. If false, the condition has no effect. RunPod connects only pods with
   * NVIDIA GPUs to this network.
   */
  readonly globalNetwork?: boolean | null | undefined;
  /**
   * The number of GPUs on the pod, from 1 to 16. If null, each GPU type has its own number: the smallest number of GPUs whose total
   * memory reaches `minTotalMemoryGb`, or 1 without `minTotalMemoryGb`.
   */
  readonly gpuCount?: number | null | undefined;
  /** Only GPU types with these ids, in any letter case. An id that RunPod does not list is an error (BAD_USER_INPUT). */
  readonly gpuTypeIds?: ReadonlyArray<string | number> | null | undefined;
  /** Only GPU types of this manufacturer. */
  readonly manufacturer?: GpuManufacturer | null | undefined;
  /** The maximum on-demand price of the pod in US dollars per hour, 0 or more. A pod without a price does not meet this condition. */
  readonly maxPricePerHour?: number | null | undefined;
  /** The minimum memory of one GPU in GB, 0 or more. */
  readonly minMemoryGb?: number | null | undefined;
  /** The minimum stock level: LOW, MEDIUM or HIGH. NONE and UNKNOWN are errors (BAD_USER_INPUT). */
  readonly minStock?: StockLevel | null | undefined;
  /** The minimum memory of all GPUs of the pod together in GB, 0 or more. */
  readonly minTotalMemoryGb?: number | null | undefined;
  /** If true, only data centers that support network volumes are included. If false, the condition has no effect. */
  readonly networkVolume?: boolean | null | undefined;
  /** Only data centers in these regions. */
  readonly regions?: ReadonlyArray<Region> | null | undefined;
};

/**
 * The order of pods. Equal pods are ordered by the display name of the GPU type, then by the id of the data center. Pods whose price or
 * stock level is unknown come after all pods for which this value is known.
 */
export type PlacementPreference =
  /** The pod with the lowest price comes first. Of pods with the same price, the one with the higher stock level comes first. */
  | 'CHEAPEST'
  /** The pod with the highest stock level comes first. Of pods with the same level, the one with the lower price comes first. */
  | 'LIKELIEST';

/** The reason why a GPU type or a cell is not an option. More values may be added later. */
export type PlacementReason =
  /** The cell could not be observed. The pod may or may not be in stock. */
  | 'NOT_OBSERVED'
  /** RunPod does not offer the GPU type on secure cloud. */
  | 'NOT_ON_SECURE_CLOUD'
  /** The pod is in stock, but RunPod quotes no price. */
  | 'NO_PRICE'
  /** The data center is in another region or country, has another id, or lacks network volumes, the global network or a certification. */
  | 'OTHER_DATA_CENTER'
  /** The GPU type is not one of the requested types, or is from another manufacturer. */
  | 'OTHER_GPU_TYPE'
  /** RunPod reports no stock. */
  | 'OUT_OF_STOCK'
  /** The pod is in stock, but below the needed level, or at an unknown level. */
  | 'STOCK_TOO_LOW'
  /** The pod is in stock, but costs too much. */
  | 'TOO_EXPENSIVE'
  /** The memory is too small, or unknown. */
  | 'TOO_LITTLE_MEMORY'
  /** A pod of this GPU type cannot have as many GPUs as needed. */
  | 'TOO_MANY_GPUS';

/** A region of the world. The names are those of RunPod's REST API v2. */
export type Region =
  /** Africa. */
  | 'AFRICA'
  /** Antarctica. */
  | 'ANTARCTICA'
  /** Asia, except the Middle East. */
  | 'ASIA'
  /** Europe, including Iceland. */
  | 'EUROPE'
  /** The Middle East. */
  | 'MIDDLE_EAST'
  /** North America. */
  | 'NORTH_AMERICA'
  /** Australia, New Zealand and the Pacific islands. */
  | 'OCEANIA'
  /** South America. */
  | 'SOUTH_AMERICA'
  /** RunPod does not report the region, and the gateway cannot derive it from the id. */
  | 'UNKNOWN';

/** A stock level. */
export type StockLevel =
  /** RunPod reports 'High'. */
  | 'HIGH'
  /** RunPod reports 'Low'. */
  | 'LOW'
  /** RunPod reports 'Medium'. */
  | 'MEDIUM'
  /** RunPod reports that nothing is in stock. */
  | 'NONE'
  /**
   * Either the row could not be observed (`available` is null), or RunPod reports stock at a level that the gateway does not know
   * (`available` is true).
   */
  | 'UNKNOWN';

/** The health of a source. */
export type UpstreamHealth =
  /** Some requests fail. Reports may be incomplete or stale. */
  | 'DEGRADED'
  /** The latest requests failed, and none has succeeded recently. */
  | 'DOWN'
  /** The latest requests succeeded, or none has been needed yet. */
  | 'UP';

/** A source of availability. */
export type UpstreamSource =
  /** Recorded data, for trying the gateway without RunPod. It is not live. */
  | 'RECORDED'
  /** RunPod's GraphQL API, which RunPod will retire in early 2027. */
  | 'RUNPOD_GRAPHQL'
  /** RunPod's REST API v2. */
  | 'RUNPOD_REST';

export type BoardCellFragment = { readonly id: string, readonly available: boolean | null, readonly stock: StockLevel, readonly availableGpuCounts: ReadonlyArray<number> | null, readonly observedAt: string | null, readonly stale: boolean, readonly gpuType: { readonly id: string }, readonly dataCenter: { readonly id: string }, readonly onDemandPrice: { readonly perGpu: number, readonly perPod: number } | null, readonly spotPrice: { readonly perGpu: number } | null };

export type BoardCellsQueryVariables = Exact<{
  gpuCount: number;
  gpuTypeIds: ReadonlyArray<string | number> | string | number;
}>;


export type BoardCellsQuery = { readonly gpuAvailability: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly available: boolean | null, readonly stock: StockLevel, readonly availableGpuCounts: ReadonlyArray<number> | null, readonly observedAt: string | null, readonly stale: boolean, readonly gpuType: { readonly id: string }, readonly dataCenter: { readonly id: string }, readonly onDemandPrice: { readonly perGpu: number, readonly perPod: number } | null, readonly spotPrice: { readonly perGpu: number } | null }>, readonly coverage: { readonly failures: ReadonlyArray<{ readonly code: FailureCode, readonly message: string, readonly gpuType: { readonly id: string, readonly displayName: string }, readonly dataCenter: { readonly id: string } | null }> } } | null };

export type BoardChangesSubscriptionVariables = Exact<{
  gpuCount: number;
  lastEventId?: string | number | null | undefined;
}>;


export type BoardChangesSubscription = { readonly gpuAvailabilityChanged: { readonly id: string, readonly kind: ChangeKind, readonly after: { readonly id: string, readonly available: boolean | null, readonly stock: StockLevel, readonly availableGpuCounts: ReadonlyArray<number> | null, readonly observedAt: string | null, readonly stale: boolean, readonly gpuType: { readonly id: string }, readonly dataCenter: { readonly id: string }, readonly onDemandPrice: { readonly perGpu: number, readonly perPod: number } | null, readonly spotPrice: { readonly perGpu: number } | null } } };

export type BoardFindQueryVariables = Exact<{
  needs: PlacementNeeds;
  prefer: PlacementPreference;
  first: number;
  withDetails: boolean;
}>;


export type BoardFindQuery = { readonly placement: { readonly totalCount: number, readonly options: ReadonlyArray<{ readonly totalMemoryGb: number, readonly availability: { readonly id: string, readonly gpuCount: number, readonly available: boolean | null, readonly stock: StockLevel, readonly observedAt: string | null, readonly stale: boolean, readonly gpuType: { readonly id: string, readonly displayName: string, readonly memoryGb: number | null }, readonly dataCenter: { readonly id: string, readonly region: Region, readonly countryCode: string | null, readonly location: string | null }, readonly onDemandPrice: { readonly perGpu: number, readonly perPod: number } | null }, readonly createRequest: { readonly method: string, readonly url: string, readonly body: string } }>, readonly excluded: ReadonlyArray<{ readonly reason: PlacementReason, readonly message?: string, readonly gpuType?: { readonly id: string, readonly displayName: string }, readonly dataCenter?: { readonly id: string } | null }>, readonly relaxations: ReadonlyArray<{ readonly need: string, readonly options: number, readonly cheapest: { readonly perPod: number } | null }>, readonly coverage: { readonly expected: number, readonly observed: number, readonly failures: ReadonlyArray<{ readonly code: FailureCode, readonly message: string, readonly gpuType: { readonly id: string, readonly displayName: string }, readonly dataCenter: { readonly id: string } | null }> }, readonly freshness: { readonly observedAt: string | null, readonly stale: boolean } } | null };

export type BoardListsQueryVariables = Exact<{ [key: string]: never; }>;


export type BoardListsQuery = { readonly gpuTypes: ReadonlyArray<{ readonly id: string, readonly displayName: string, readonly manufacturer: GpuManufacturer, readonly memoryGb: number | null, readonly securePrice: number | null }> | null, readonly dataCenters: ReadonlyArray<{ readonly id: string, readonly region: Region, readonly countryCode: string | null, readonly location: string | null, readonly networkVolume: boolean | null, readonly globalNetwork: boolean | null, readonly compliance: ReadonlyArray<string> | null }> | null, readonly upstream: { readonly source: UpstreamSource, readonly health: UpstreamHealth, readonly recordedAt: string | null } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const BoardCellFragmentDoc = new TypedDocumentString(`
    fragment BoardCell on GpuAvailability {
  id
  gpuType {
    id
  }
  dataCenter {
    id
  }
  available
  stock
  onDemandPrice {
    perGpu
    perPod
  }
  spotPrice {
    perGpu
  }
  availableGpuCounts
  observedAt
  stale
}
    `, {"fragmentName":"BoardCell"}) as unknown as TypedDocumentString<BoardCellFragment, unknown>;
export const BoardCellsDocument = {"__meta__":{"hash":"sha256:50de4311a2fc70815d90acb82e298813936b4c98f2224699d9698909e7d445f7"}} as unknown as TypedDocumentString<BoardCellsQuery, BoardCellsQueryVariables>;
export const BoardChangesDocument = {"__meta__":{"hash":"sha256:60953603acc5fc1b9a39b471141484875d9642fdd8d3116c210e86b33aaa8cb9"}} as unknown as TypedDocumentString<BoardChangesSubscription, BoardChangesSubscriptionVariables>;
export const BoardFindDocument = {"__meta__":{"hash":"sha256:9b10b4e49dc0751e9bd774cdc53ffbd071fa4f7bf359c1f9546f5e231a7d5486"}} as unknown as TypedDocumentString<BoardFindQuery, BoardFindQueryVariables>;
export const BoardListsDocument = {"__meta__":{"hash":"sha256:5b26ba992c0c276aea6f741fabce1763f3de40c2b8ccd48299c6c0b8ac1476d3"}} as unknown as TypedDocumentString<BoardListsQuery, BoardListsQueryVariables>;