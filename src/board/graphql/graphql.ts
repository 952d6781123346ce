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
  /** The cell could be rented. Stock is NONE now. */
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

export type BoardListsQueryVariables = Exact<{ [key: string]: never; }>;


export type BoardListsQuery = { readonly gpuTypes: ReadonlyArray<{ readonly id: string, readonly displayName: string, readonly manufacturer: GpuManufacturer, readonly memoryGb: number | null, readonly securePrice: number | null }> | null, readonly dataCenters: ReadonlyArray<{ readonly id: string, readonly region: Region, readonly location: string | null }> | null, readonly upstream: { readonly source: UpstreamSource, readonly health: UpstreamHealth, readonly recordedAt: string | null } | null };

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
export const BoardListsDocument = {"__meta__":{"hash":"sha256:d9bec1b72c2ef3bbb6e5409bb6fa9a5c0a08be396be806db56778b9e21e0d00d"}} as unknown as TypedDocumentString<BoardListsQuery, BoardListsQueryVariables>;