/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
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
  compliance?: Array<string> | null | undefined;
  /** Only data centers in these countries, given as ISO 3166-1 alpha-2 codes in any letter case. */
  countryCodes?: Array<string> | null | undefined;
  /**
   * Only data centers with these ids, in any letter case; for example, the data center of your network volume. An id that RunPod does
   * not report is an error (BAD_USER_INPUT).
   */
  dataCenterIds?: Array<string | number> | null | undefined;
  /**
   * If true, only data centers on RunPod's global network are included. If false, the condition has no effect. RunPod connects only pods with
   * NVIDIA GPUs to this network.
   */
  globalNetwork?: boolean | null | undefined;
  /**
   * The number of GPUs on the pod, from 1 to 16. If null, each GPU type has its own number: the smallest number of GPUs whose total
   * memory reaches `minTotalMemoryGb`, or 1 without `minTotalMemoryGb`.
   */
  gpuCount?: number | null | undefined;
  /** Only GPU types with these ids, in any letter case. An id that RunPod does not list is an error (BAD_USER_INPUT). */
  gpuTypeIds?: Array<string | number> | null | undefined;
  /** Only GPU types of this manufacturer. */
  manufacturer?: GpuManufacturer | null | undefined;
  /** The maximum on-demand price of the pod in US dollars per hour, 0 or more. A pod without a price does not meet this condition. */
  maxPricePerHour?: number | null | undefined;
  /** The minimum memory of one GPU in GB, 0 or more. */
  minMemoryGb?: number | null | undefined;
  /** The minimum stock level: LOW, MEDIUM or HIGH. NONE and UNKNOWN are errors (BAD_USER_INPUT). */
  minStock?: StockLevel | null | undefined;
  /** The minimum memory of all GPUs of the pod together in GB, 0 or more. */
  minTotalMemoryGb?: number | null | undefined;
  /** If true, only data centers that support network volumes are included. If false, the condition has no effect. */
  networkVolume?: boolean | null | undefined;
  /** Only data centers in these regions. */
  regions?: Array<Region> | null | undefined;
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

export type AvailabilityMatrixQueryVariables = Exact<{
  region?: Region | null | undefined;
  gpuCount?: number;
}>;


export type AvailabilityMatrixQuery = { gpuAvailability: { nodes: Array<{ id: string, available: boolean | null, stock: StockLevel, stale: boolean, gpuType: { id: string, displayName: string }, dataCenter: { id: string }, onDemandPrice: { perGpu: number } | null }>, coverage: { complete: boolean, expected: number, observed: number, failures: Array<{ code: FailureCode, message: string, gpuType: { id: string }, dataCenter: { id: string } | null }> }, freshness: { observedAt: string | null, stale: boolean } } | null };

export type CheapestGpusQueryVariables = Exact<{
  minMemoryGb: number;
  maxPricePerGpuHour?: number | null | undefined;
  first?: number | null | undefined;
}>;


export type CheapestGpusQuery = { gpuAvailability: { totalCount: number, nodes: Array<{ id: string, stock: StockLevel, gpuType: { id: string, displayName: string, memoryGb: number | null }, dataCenter: { id: string, region: Region }, onDemandPrice: { perGpu: number } | null }>, coverage: { complete: boolean } } | null };

export type FindAPodQueryVariables = Exact<{
  needs: PlacementNeeds;
  prefer?: PlacementPreference;
  first?: number;
}>;


export type FindAPodQuery = { placement: { totalCount: number, options: Array<{ totalMemoryGb: number, availability: { id: string, gpuCount: number, stock: StockLevel, observedAt: string | null, stale: boolean, gpuType: { id: string, displayName: string, memoryGb: number | null }, dataCenter: { id: string, region: Region, countryCode: string | null }, onDemandPrice: { perGpu: number, perPod: number } | null }, createRequest: { method: string, url: string, body: string } }>, relaxations: Array<{ need: string, options: number, cheapest: { perPod: number } | null }>, excluded: Array<{ gpuCount: number | null, reason: PlacementReason, message: string, gpuType: { id: string }, dataCenter: { id: string } | null }>, coverage: { complete: boolean, failed: number }, freshness: { observedAt: string | null, stale: boolean } } | null };

export type WatchSubscriptionVariables = Exact<{
  gpuType: string;
  region?: Region | null | undefined;
  gpuCount?: number;
  lastEventId?: string | number | null | undefined;
}>;


export type WatchSubscription = { gpuAvailabilityChanged: { id: string, kind: ChangeKind, before: { stock: StockLevel }, after: { id: string, stock: StockLevel, observedAt: string | null, dataCenter: { id: string }, onDemandPrice: { perGpu: number, perPod: number } | null } } };

export type WhereCanIRentQueryVariables = Exact<{
  gpuType: string;
  region?: Region | null | undefined;
  gpuCount?: number;
  first?: number | null | undefined;
}>;


export type WhereCanIRentQuery = { gpuAvailability: { totalCount: number, nodes: Array<{ id: string, stock: StockLevel, observedAt: string | null, stale: boolean, dataCenter: { id: string, name: string, region: Region, countryCode: string | null }, onDemandPrice: { perGpu: number, perPod: number } | null, spotPrice: { perGpu: number } | null }>, coverage: { complete: boolean, failed: number }, freshness: { observedAt: string | null, stale: boolean } } | null };


export const AvailabilityMatrixDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"AvailabilityMatrix"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"region"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Region"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"gpuCount"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},"defaultValue":{"kind":"IntValue","value":"1"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"gpuAvailability"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"region"},"value":{"kind":"Variable","name":{"kind":"Name","value":"region"}}},{"kind":"Argument","name":{"kind":"Name","value":"gpuCount"},"value":{"kind":"Variable","name":{"kind":"Name","value":"gpuCount"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"includeUnavailable"},"value":{"kind":"BooleanValue","value":true}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"gpuType"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}}]}},{"kind":"Field","name":{"kind":"Name","value":"dataCenter"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"available"}},{"kind":"Field","name":{"kind":"Name","value":"stock"}},{"kind":"Field","name":{"kind":"Name","value":"onDemandPrice"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"perGpu"}}]}},{"kind":"Field","name":{"kind":"Name","value":"stale"}}]}},{"kind":"Field","name":{"kind":"Name","value":"coverage"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"complete"}},{"kind":"Field","name":{"kind":"Name","value":"expected"}},{"kind":"Field","name":{"kind":"Name","value":"observed"}},{"kind":"Field","name":{"kind":"Name","value":"failures"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"gpuType"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"dataCenter"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"freshness"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"observedAt"}},{"kind":"Field","name":{"kind":"Name","value":"stale"}}]}}]}}]}}]} as unknown as DocumentNode<AvailabilityMatrixQuery, AvailabilityMatrixQueryVariables>;
export const CheapestGpusDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"CheapestGpus"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"minMemoryGb"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"maxPricePerGpuHour"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Float"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"10"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"gpuAvailability"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"minMemoryGb"},"value":{"kind":"Variable","name":{"kind":"Name","value":"minMemoryGb"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"maxPricePerGpuHour"},"value":{"kind":"Variable","name":{"kind":"Name","value":"maxPricePerGpuHour"}}}]}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"field"},"value":{"kind":"EnumValue","value":"PRICE"}}]}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"gpuType"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"memoryGb"}}]}},{"kind":"Field","name":{"kind":"Name","value":"dataCenter"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"region"}}]}},{"kind":"Field","name":{"kind":"Name","value":"stock"}},{"kind":"Field","name":{"kind":"Name","value":"onDemandPrice"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"perGpu"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"coverage"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"complete"}}]}}]}}]}}]} as unknown as DocumentNode<CheapestGpusQuery, CheapestGpusQueryVariables>;
export const FindAPodDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FindAPod"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"needs"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"PlacementNeeds"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"prefer"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"PlacementPreference"}}},"defaultValue":{"kind":"EnumValue","value":"CHEAPEST"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},"defaultValue":{"kind":"IntValue","value":"10"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"placement"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"needs"},"value":{"kind":"Variable","name":{"kind":"Name","value":"needs"}}},{"kind":"Argument","name":{"kind":"Name","value":"prefer"},"value":{"kind":"Variable","name":{"kind":"Name","value":"prefer"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"options"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"availability"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"gpuType"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"memoryGb"}}]}},{"kind":"Field","name":{"kind":"Name","value":"dataCenter"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"region"}},{"kind":"Field","name":{"kind":"Name","value":"countryCode"}}]}},{"kind":"Field","name":{"kind":"Name","value":"gpuCount"}},{"kind":"Field","name":{"kind":"Name","value":"stock"}},{"kind":"Field","name":{"kind":"Name","value":"onDemandPrice"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"perGpu"}},{"kind":"Field","name":{"kind":"Name","value":"perPod"}}]}},{"kind":"Field","name":{"kind":"Name","value":"observedAt"}},{"kind":"Field","name":{"kind":"Name","value":"stale"}}]}},{"kind":"Field","name":{"kind":"Name","value":"totalMemoryGb"}},{"kind":"Field","name":{"kind":"Name","value":"createRequest"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"method"}},{"kind":"Field","name":{"kind":"Name","value":"url"}},{"kind":"Field","name":{"kind":"Name","value":"body"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"relaxations"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"need"}},{"kind":"Field","name":{"kind":"Name","value":"options"}},{"kind":"Field","name":{"kind":"Name","value":"cheapest"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"perPod"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"excluded"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"gpuType"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"dataCenter"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"gpuCount"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"coverage"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"complete"}},{"kind":"Field","name":{"kind":"Name","value":"failed"}}]}},{"kind":"Field","name":{"kind":"Name","value":"freshness"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"observedAt"}},{"kind":"Field","name":{"kind":"Name","value":"stale"}}]}}]}}]}}]} as unknown as DocumentNode<FindAPodQuery, FindAPodQueryVariables>;
export const WatchDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Watch"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"gpuType"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"region"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Region"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"gpuCount"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},"defaultValue":{"kind":"IntValue","value":"1"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"lastEventId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"gpuAvailabilityChanged"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"gpuType"},"value":{"kind":"Variable","name":{"kind":"Name","value":"gpuType"}}},{"kind":"Argument","name":{"kind":"Name","value":"region"},"value":{"kind":"Variable","name":{"kind":"Name","value":"region"}}},{"kind":"Argument","name":{"kind":"Name","value":"gpuCount"},"value":{"kind":"Variable","name":{"kind":"Name","value":"gpuCount"}}},{"kind":"Argument","name":{"kind":"Name","value":"lastEventId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"lastEventId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"before"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"stock"}}]}},{"kind":"Field","name":{"kind":"Name","value":"after"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"dataCenter"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"stock"}},{"kind":"Field","name":{"kind":"Name","value":"onDemandPrice"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"perGpu"}},{"kind":"Field","name":{"kind":"Name","value":"perPod"}}]}},{"kind":"Field","name":{"kind":"Name","value":"observedAt"}}]}}]}}]}}]} as unknown as DocumentNode<WatchSubscription, WatchSubscriptionVariables>;
export const WhereCanIRentDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"WhereCanIRent"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"gpuType"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"region"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Region"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"gpuCount"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},"defaultValue":{"kind":"IntValue","value":"1"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"20"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"gpuAvailability"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"gpuType"},"value":{"kind":"Variable","name":{"kind":"Name","value":"gpuType"}}},{"kind":"Argument","name":{"kind":"Name","value":"region"},"value":{"kind":"Variable","name":{"kind":"Name","value":"region"}}},{"kind":"Argument","name":{"kind":"Name","value":"gpuCount"},"value":{"kind":"Variable","name":{"kind":"Name","value":"gpuCount"}}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"field"},"value":{"kind":"EnumValue","value":"PRICE"}}]}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"dataCenter"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"region"}},{"kind":"Field","name":{"kind":"Name","value":"countryCode"}}]}},{"kind":"Field","name":{"kind":"Name","value":"stock"}},{"kind":"Field","name":{"kind":"Name","value":"onDemandPrice"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"perGpu"}},{"kind":"Field","name":{"kind":"Name","value":"perPod"}}]}},{"kind":"Field","name":{"kind":"Name","value":"spotPrice"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"perGpu"}}]}},{"kind":"Field","name":{"kind":"Name","value":"observedAt"}},{"kind":"Field","name":{"kind":"Name","value":"stale"}}]}},{"kind":"Field","name":{"kind":"Name","value":"coverage"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"complete"}},{"kind":"Field","name":{"kind":"Name","value":"failed"}}]}},{"kind":"Field","name":{"kind":"Name","value":"freshness"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"observedAt"}},{"kind":"Field","name":{"kind":"Name","value":"stale"}}]}}]}}]}}]} as unknown as DocumentNode<WhereCanIRentQuery, WhereCanIRentQueryVariables>;