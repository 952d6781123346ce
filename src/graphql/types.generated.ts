import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Coverage as CoverageModel } from '../domain/report.ts';
import type { DataCenter as DataCenterModel } from '../domain/data-center.ts';
import type { Freshness as FreshnessModel, ReportedFailure as ReportedFailureModel } from '../domain/type-rows.ts';
import type { Row as RowModel } from '../domain/row.ts';
import type { Change as ChangeModel } from '../domain/change.ts';
import type { ResolvedReport as ReportModel } from './availability/resolved-report.ts';
import type { GpuType as GpuTypeModel } from '../domain/gpu-type.ts';
import type { ResolvedPlacement as PlacementModel, Option as OptionModel } from './placement/resolved-placement.ts';
import type { Exclusion as ExclusionModel } from '../domain/placement/exclusions.ts';
import type { UpstreamStatus as UpstreamStatusModel } from '../domain/catalog.ts';
import type { GraphQLContext } from './context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A time in UTC, as an RFC 3339 date-time such as 2025-11-14T17:42:42.000Z. */
  DateTime: { input: string; output: string; }
  _FieldSet: { input: string; output: string; }
};

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

/**
 * Shows how many of the requested cells could be observed. A cell is one GPU type in one data center. `first` does not affect these
 * numbers.
 */
export type Coverage = {
  readonly __typename?: 'Coverage';
  /** Whether every requested cell was observed. */
  readonly complete: Scalars['Boolean']['output'];
  /**
   * The number of requested cells: the number of GPU types times the number of data centers that meet the conditions. The conditions
   * `minStock`, `maxPricePerGpuHour` and `includeUnavailable` do not affect this number, because they depend on observed values.
   */
  readonly expected: Scalars['Int']['output'];
  /** The number of requested cells that could not be observed. `expected` is `observed` plus `failed`. */
  readonly failed: Scalars['Int']['output'];
  /**
   * The cells that could not be observed, with the reasons. If a GPU type failed in every data center, it has one entry. Otherwise, each
   * of its failed cells has an entry.
   */
  readonly failures: ReadonlyArray<ObservationFailure>;
  /** The number of requested cells that could be observed. */
  readonly observed: Scalars['Int']['output'];
};

/** A request to RunPod's REST API v2, ready to be copied. */
export type CreateRequest = {
  readonly __typename?: 'CreateRequest';
  /** JSON that matches RunPod's OpenAPI description. Replace the placeholders `<name>` and `<image>`. */
  readonly body: Scalars['String']['output'];
  /** The HTTP method, POST. */
  readonly method: Scalars['String']['output'];
  /** The URL to send the request to. Send the headers `Content-Type: application/json`, and `Authorization: Bearer` with your RunPod API key. */
  readonly url: Scalars['String']['output'];
};

/** A data center in which RunPod rents GPUs on its secure cloud. */
export type DataCenter = {
  readonly __typename?: 'DataCenter';
  /**
   * Stock and prices in this data center, one row for each GPU type. Fields that need the same rows share one request to RunPod, so this
   * field causes no more requests than `gpuAvailability`.
   */
  readonly availability?: Maybe<GpuAvailabilityReport>;
  /** The certifications, with RunPod's names, such as SOC_2_TYPE_2. Null if RunPod does not report them. */
  readonly compliance?: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** The country, as an ISO 3166-1 alpha-2 code. The gateway derives it from the id. Null if the id does not determine the country. */
  readonly countryCode?: Maybe<Scalars['String']['output']>;
  /** Whether the data center is part of RunPod's global network, which connects pods. Null if RunPod does not report it. */
  readonly globalNetwork?: Maybe<Scalars['Boolean']['output']>;
  /** RunPod's id, such as 'EU-RO-1'. */
  readonly id: Scalars['ID']['output'];
  /** Whether RunPod shows the data center in its console. Null if RunPod does not report it. */
  readonly listed?: Maybe<Scalars['Boolean']['output']>;
  /**
   * The location in RunPod's words, such as 'United States' or 'SE Asia'. The text is for people, not for programs. Null if RunPod does
   * not report it.
   */
  readonly location?: Maybe<Scalars['String']['output']>;
  /** The name that RunPod shows. It is often the same as the id. */
  readonly name: Scalars['String']['output'];
  /** Whether RunPod advertises support for network volumes. Null if RunPod does not report it. */
  readonly networkVolume?: Maybe<Scalars['Boolean']['output']>;
  /** The region, as RunPod reports it, or as the gateway derives it from the id. */
  readonly region: Region;
};


/** A data center in which RunPod rents GPUs on its secure cloud. */
export type DataCenterAvailabilityArgs = {
  filter: InputMaybe<GpuAvailabilityFilter>;
  first: InputMaybe<Scalars['Int']['input']>;
  gpuCount?: Scalars['Int']['input'];
  gpuType: InputMaybe<Scalars['String']['input']>;
  orderBy?: GpuAvailabilityOrder;
};

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

/** The age of the observations of all requested cells, including cells whose rows are not in the answer. */
export type Freshness = {
  readonly __typename?: 'Freshness';
  /** The time of the newest observation. Null if no cell was observed. */
  readonly newestObservedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The time of the oldest observation. Null if no cell was observed. */
  readonly observedAt?: Maybe<Scalars['DateTime']['output']>;
  /**
   * Whether at least one observation was older than the gateway's limit for fresh data when the gateway served it. The gateway serves
   * such data while it fetches newer data, or because RunPod does not answer.
   */
  readonly stale: Scalars['Boolean']['output'];
};

/** A row: one GPU type in one data center, for pods of `gpuCount` GPUs. */
export type GpuAvailability = {
  readonly __typename?: 'GpuAvailability';
  /** Whether a pod with this number of GPUs can be rented here now. Null if this could not be observed. */
  readonly available?: Maybe<Scalars['Boolean']['output']>;
  /**
   * The pod sizes (numbers of GPUs per pod) that can be rented here now, in ascending order. They are not quantities in stock. Null if
   * the source does not report them.
   */
  readonly availableGpuCounts?: Maybe<ReadonlyArray<Scalars['Int']['output']>>;
  /** The data center. */
  readonly dataCenter: DataCenter;
  /** The requested number of GPUs per pod. */
  readonly gpuCount: Scalars['Int']['output'];
  /** The GPU type. */
  readonly gpuType: GpuType;
  /**
   * The id of this combination of GPU type, data center and number of GPUs. It is the same in every response and event, even after a
   * restart, so client caches recognize the row. It is opaque: do not parse it.
   */
  readonly id: Scalars['ID']['output'];
  /** When the gateway sent RunPod the request for this row. Null if the row could not be observed. */
  readonly observedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The on-demand price on secure cloud. Null if RunPod quotes no price, which does not mean that the GPU is free of charge. */
  readonly onDemandPrice?: Maybe<HourlyPrice>;
  /**
   * When `spotPrice` and `availableGpuCounts` were observed. This time is earlier than `observedAt` if another API of RunPod reported
   * them. Null if neither of them was observed; both are then null.
   */
  readonly spotObservedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The lowest bid for an interruptible pod on secure cloud. Null if RunPod offers no spot pods here, or does not report the bid. */
  readonly spotPrice?: Maybe<HourlyPrice>;
  /**
   * Whether the row was older than the gateway's limit for fresh data when the gateway served it. The gateway serves such a row while it
   * fetches a newer one, or because RunPod does not answer.
   */
  readonly stale: Scalars['Boolean']['output'];
  /** RunPod's stock level. RunPod does not publish the number of GPUs behind each level. */
  readonly stock: StockLevel;
};

/** The difference between two successive observations of a cell. */
export type GpuAvailabilityChange = {
  readonly __typename?: 'GpuAvailabilityChange';
  /** The row after the change. */
  readonly after: GpuAvailability;
  /**
   * The row before the change. It has the same `id` as `after`. Clients with a normalized cache should select `id` only in `after`;
   * otherwise the cache merges the two rows.
   */
  readonly before: GpuAvailability;
  /** The id of this event. To continue after it, pass it as `lastEventId`. */
  readonly id: Scalars['ID']['output'];
  /** How the cell changed. It is STOCK_CHANGED if both stock and price changed. */
  readonly kind: ChangeKind;
};

/**
 * Conditions on rows. The answer contains the rows that meet all conditions. If a value of a row is unknown (null), the row does not
 * meet a condition on this value. If a condition is omitted or null, it has no effect. An empty list matches nothing.
 */
export type GpuAvailabilityFilter = {
  /** Only data centers that have all of these certifications. Use RunPod's names, in any letter case. */
  readonly compliance?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Only data centers in these countries, given as ISO 3166-1 alpha-2 codes in any letter case. */
  readonly countryCodes?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Only data centers with these ids, in any letter case. An id that RunPod does not report is an error (BAD_USER_INPUT). */
  readonly dataCenterIds?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** If true, only data centers on RunPod's global network are included. If false, the condition has no effect. */
  readonly globalNetwork?: InputMaybe<Scalars['Boolean']['input']>;
  /** Only GPU types with these ids, in any letter case. An id that RunPod does not list is an error (BAD_USER_INPUT). */
  readonly gpuTypeIds?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /**
   * If true, the answer also contains rows that are out of stock (NONE) and rows that could not be observed (UNKNOWN). Without other
   * conditions, it then has a row for every GPU type in every data center.
   */
  readonly includeUnavailable: Scalars['Boolean']['input'];
  /** Only GPU types of this manufacturer. */
  readonly manufacturer?: InputMaybe<GpuManufacturer>;
  /** The maximum on-demand price of one GPU in US dollars per hour, 0 or more. */
  readonly maxPricePerGpuHour?: InputMaybe<Scalars['Float']['input']>;
  /** The minimum memory of one GPU in GB, 0 or more. */
  readonly minMemoryGb?: InputMaybe<Scalars['Int']['input']>;
  /** The minimum stock level: LOW, MEDIUM or HIGH. NONE and UNKNOWN are errors (BAD_USER_INPUT). */
  readonly minStock?: InputMaybe<StockLevel>;
  /**
   * Only GPU types whose id or display name contains this text. Letter case, white space and hyphens do not matter: 'rtx4090' finds RTX
   * 4090, and 'h100' finds all H100 types. If the text contains only white space and hyphens, it has no effect.
   */
  readonly nameContains?: InputMaybe<Scalars['String']['input']>;
  /** If true, only data centers that support network volumes are included. If false, the condition has no effect. */
  readonly networkVolume?: InputMaybe<Scalars['Boolean']['input']>;
  /** Only data centers in these regions. */
  readonly regions?: InputMaybe<ReadonlyArray<Region>>;
};

/** An order of rows. */
export type GpuAvailabilityOrder = {
  /** The direction. The default is ascending. */
  readonly direction: OrderDirection;
  /** The value to order by. */
  readonly field: GpuAvailabilityOrderField;
};

/**
 * A value to order rows by. Rows with equal values are ordered by the display name of the GPU type, then by the id of the data center.
 * Rows without a value come last in both directions.
 */
export type GpuAvailabilityOrderField =
  /** The id of the data center. */
  | 'DATA_CENTER'
  /** The display name of the GPU type. */
  | 'GPU_TYPE'
  /** The memory of one GPU. */
  | 'MEMORY'
  /** The on-demand price per GPU. */
  | 'PRICE'
  /** The stock level. The ascending order is NONE, LOW, MEDIUM, HIGH. A row with stock UNKNOWN has no value. */
  | 'STOCK';

/** The rows that match a query, with information about their completeness and age. */
export type GpuAvailabilityReport = {
  readonly __typename?: 'GpuAvailabilityReport';
  /** Whether all requested cells could be observed. */
  readonly coverage: Coverage;
  /** The age of the observations. */
  readonly freshness: Freshness;
  /** The rows in the requested order, at most `first` of them. */
  readonly nodes: ReadonlyArray<GpuAvailability>;
  /** The number of matching rows. `first` does not limit this number. */
  readonly totalCount: Scalars['Int']['output'];
};

/** A maker of GPU chips. */
export type GpuManufacturer =
  /** Advanced Micro Devices. */
  | 'AMD'
  /** NVIDIA Corporation. */
  | 'NVIDIA'
  /** Another maker, or RunPod does not report the maker. */
  | 'UNKNOWN';

/** A GPU model that RunPod lists, whether it is in stock or not. */
export type GpuType = {
  readonly __typename?: 'GpuType';
  /**
   * Stock and prices of this GPU type, one row for each data center. Fields that need the same rows share one request to RunPod, so this
   * field causes no more requests than `gpuAvailability`.
   */
  readonly availability?: Maybe<GpuAvailabilityReport>;
  /** Whether RunPod offers the type on community cloud (machines of third parties), in stock or not. Null if RunPod does not report it. */
  readonly communityCloud?: Maybe<Scalars['Boolean']['output']>;
  /** The list price on community cloud, in US dollars per GPU and hour. Null if the type is not offered there. */
  readonly communityPrice?: Maybe<Scalars['Float']['output']>;
  /** The name that RunPod shows, such as 'RTX 4090'. RunPod may change it; the id stays the same. */
  readonly displayName: Scalars['String']['output'];
  /** RunPod's id, such as 'NVIDIA GeForce RTX 4090'. */
  readonly id: Scalars['ID']['output'];
  /** The maker of the chip. */
  readonly manufacturer: GpuManufacturer;
  /** The maximum number of GPUs per pod. This is a limit of the GPU type, not its stock. Null if RunPod does not report it. */
  readonly maxGpuCount?: Maybe<Scalars['Int']['output']>;
  /** The memory of one GPU, in GB. Null if RunPod does not report it. */
  readonly memoryGb?: Maybe<Scalars['Int']['output']>;
  /** Whether RunPod offers the type on secure cloud (RunPod's own data centers), in stock or not. Null if RunPod does not report it. */
  readonly secureCloud?: Maybe<Scalars['Boolean']['output']>;
  /** The list price on secure cloud, in US dollars per GPU and hour. Null if the type is not offered there. */
  readonly securePrice?: Maybe<Scalars['Float']['output']>;
};


/** A GPU model that RunPod lists, whether it is in stock or not. */
export type GpuTypeAvailabilityArgs = {
  filter: InputMaybe<GpuAvailabilityFilter>;
  first: InputMaybe<Scalars['Int']['input']>;
  gpuCount?: Scalars['Int']['input'];
  orderBy?: GpuAvailabilityOrder;
  region: InputMaybe<Region>;
};

/** A price in US dollars per hour. */
export type HourlyPrice = {
  readonly __typename?: 'HourlyPrice';
  /** The price of one GPU: `perPod` divided by the number of GPUs per pod. */
  readonly perGpu: Scalars['Float']['output'];
  /** The price of the whole pod. */
  readonly perPod: Scalars['Float']['output'];
};

/** One or more cells that could not be observed. The gateway has no earlier observation of them that is recent enough. */
export type ObservationFailure = {
  readonly __typename?: 'ObservationFailure';
  /** The reason, for programs. */
  readonly code: FailureCode;
  /** The data center of the cell. Null if the GPU type failed in every data center. */
  readonly dataCenter?: Maybe<DataCenter>;
  /** The GPU type of the cells. */
  readonly gpuType: GpuType;
  /** The reason in words, for people. The wording may change. */
  readonly message: Scalars['String']['output'];
};

/** The direction of an order. Rows with equal values keep their ascending order in both directions. */
export type OrderDirection =
  /** From the lowest to the highest. */
  | 'ASC'
  /** From the highest to the lowest. */
  | 'DESC';

/** The pods that meet the needs, and the reasons against all other pods. */
export type Placement = {
  readonly __typename?: 'Placement';
  /** Whether all requested cells could be observed. */
  readonly coverage: Coverage;
  /**
   * The cells that are not options, with the reasons. An entry covers one cell, or all cells of a GPU type. Each cell of the requested
   * pod sizes is either an option or in exactly one entry.
   */
  readonly excluded: ReadonlyArray<PlacementExclusion>;
  /** The age of the observations. */
  readonly freshness: Freshness;
  /** The pods in the preferred order, at most `first` of them. */
  readonly options: ReadonlyArray<PlacementOption>;
  /**
   * The needs that prevent further options. For each of them, the entry contains the number of options if only this need were dropped.
   * The need with the most options comes first. Cells that could not be observed do not count as options. A need is missing if the gateway
   * would have to query RunPod about further pod sizes, or send more requests than one operation may cause. Such a response is not cached.
   */
  readonly relaxations: ReadonlyArray<PlacementRelaxation>;
  /** The number of pods that meet the needs. `first` does not limit this number. */
  readonly totalCount: Scalars['Int']['output'];
};

/**
 * A cell that is not an option, or all cells of a GPU type. If several reasons apply, the entry has the first one in the order of
 * `PlacementReason`.
 */
export type PlacementExclusion = {
  readonly __typename?: 'PlacementExclusion';
  /** The data center. Null if the reason applies to the GPU type in every data center. */
  readonly dataCenter?: Maybe<DataCenter>;
  /** The number of GPUs on the pod. Null if the reason applies to every number. */
  readonly gpuCount?: Maybe<Scalars['Int']['output']>;
  /** The GPU type. */
  readonly gpuType: GpuType;
  /** The reason in words, for people, with the needed and the actual value. The wording may change. */
  readonly message: Scalars['String']['output'];
  /** The reason, for programs. */
  readonly reason: PlacementReason;
};

/**
 * Conditions on a pod. A pod must meet all of them. If a condition is omitted or null, it has no effect. If a value is unknown (null),
 * the pod does not meet a condition on this value. An empty list would match nothing, so it is an error (BAD_USER_INPUT).
 */
export type PlacementNeeds = {
  /** Only data centers that have all of these certifications. Use RunPod's names, in any letter case. */
  readonly compliance?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Only data centers in these countries, given as ISO 3166-1 alpha-2 codes in any letter case. */
  readonly countryCodes?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /**
   * Only data centers with these ids, in any letter case; for example, the data center of your network volume. An id that RunPod does
   * not report is an error (BAD_USER_INPUT).
   */
  readonly dataCenterIds?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /**
   * If true, only data centers on RunPod's global network are included. If false, the condition has no effect. RunPod connects only pods with
   * NVIDIA GPUs to this network.
   */
  readonly globalNetwork?: InputMaybe<Scalars['Boolean']['input']>;
  /**
   * The number of GPUs on the pod, from 1 to 16. If null, each GPU type has its own number: the smallest number of GPUs whose total
   * memory reaches `minTotalMemoryGb`, or 1 without `minTotalMemoryGb`.
   */
  readonly gpuCount?: InputMaybe<Scalars['Int']['input']>;
  /** Only GPU types with these ids, in any letter case. An id that RunPod does not list is an error (BAD_USER_INPUT). */
  readonly gpuTypeIds?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** Only GPU types of this manufacturer. */
  readonly manufacturer?: InputMaybe<GpuManufacturer>;
  /** The maximum on-demand price of the pod in US dollars per hour, 0 or more. A pod without a price does not meet this condition. */
  readonly maxPricePerHour?: InputMaybe<Scalars['Float']['input']>;
  /** The minimum memory of one GPU in GB, 0 or more. */
  readonly minMemoryGb?: InputMaybe<Scalars['Int']['input']>;
  /** The minimum stock level: LOW, MEDIUM or HIGH. NONE and UNKNOWN are errors (BAD_USER_INPUT). */
  readonly minStock?: InputMaybe<StockLevel>;
  /** The minimum memory of all GPUs of the pod together in GB, 0 or more. */
  readonly minTotalMemoryGb?: InputMaybe<Scalars['Int']['input']>;
  /** If true, only data centers that support network volumes are included. If false, the condition has no effect. */
  readonly networkVolume?: InputMaybe<Scalars['Boolean']['input']>;
  /** Only data centers in these regions. */
  readonly regions?: InputMaybe<ReadonlyArray<Region>>;
};

/** A pod that can be created now. */
export type PlacementOption = {
  readonly __typename?: 'PlacementOption';
  /** The GPU type, the data center, the stock and the price of the pod, and when they were observed. */
  readonly availability: GpuAvailability;
  /** The request to RunPod that creates the pod. The gateway never sends it. */
  readonly createRequest: CreateRequest;
  /** The memory of all GPUs of the pod together in GB. 0 if RunPod does not report the memory of the GPU type. */
  readonly totalMemoryGb: Scalars['Int']['output'];
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

/** A need that prevents further options. */
export type PlacementRelaxation = {
  readonly __typename?: 'PlacementRelaxation';
  /** The lowest price per pod among these options. Null if none of them has a price. */
  readonly cheapest?: Maybe<HourlyPrice>;
  /** The name of the need in `PlacementNeeds`. */
  readonly need: Scalars['String']['output'];
  /** The number of options that there would be without this need. */
  readonly options: Scalars['Int']['output'];
};

/**
 * The queries. If a field fails, it is null and has an entry in `errors`, and the other fields still have their data. `extensions.code`
 * is BAD_USER_INPUT if an argument is not valid. It is UPSTREAM_UNAVAILABLE if the gateway cannot read RunPod's lists of GPU types and
 * data centers and has no cached lists.
 */
export type Query = {
  readonly __typename?: 'Query';
  /** The data center with this id. Null if RunPod reports none. */
  readonly dataCenter?: Maybe<DataCenter>;
  /** All data centers that RunPod reports, ordered by id. They include data centers that RunPod's console does not show. */
  readonly dataCenters?: Maybe<ReadonlyArray<DataCenter>>;
  /**
   * Stock and prices of GPU types in data centers. For each row, the gateway queries RunPod about this GPU type in this data center. It
   * does not rely on RunPod's list of data centers for a GPU type, because that list is incomplete.
   */
  readonly gpuAvailability?: Maybe<GpuAvailabilityReport>;
  /** The GPU type with this id. Null if RunPod lists none. */
  readonly gpuType?: Maybe<GpuType>;
  /** All GPU types that RunPod lists, except its placeholder 'unknown', ordered by display name. */
  readonly gpuTypes?: Maybe<ReadonlyArray<GpuType>>;
  /**
   * The pods that meet all needs and can be created now, the best first. The answer also gives a reason for each GPU type and data
   * center that is left out. For the same pod sizes, this field causes no more requests to RunPod than `gpuAvailability`.
   */
  readonly placement?: Maybe<Placement>;
  /** The source that the gateway reads from, and its health. */
  readonly upstream?: Maybe<Upstream>;
};


/**
 * The queries. If a field fails, it is null and has an entry in `errors`, and the other fields still have their data. `extensions.code`
 * is BAD_USER_INPUT if an argument is not valid. It is UPSTREAM_UNAVAILABLE if the gateway cannot read RunPod's lists of GPU types and
 * data centers and has no cached lists.
 */
export type QueryDataCenterArgs = {
  id: Scalars['ID']['input'];
};


/**
 * The queries. If a field fails, it is null and has an entry in `errors`, and the other fields still have their data. `extensions.code`
 * is BAD_USER_INPUT if an argument is not valid. It is UPSTREAM_UNAVAILABLE if the gateway cannot read RunPod's lists of GPU types and
 * data centers and has no cached lists.
 */
export type QueryDataCentersArgs = {
  region: InputMaybe<Region>;
};


/**
 * The queries. If a field fails, it is null and has an entry in `errors`, and the other fields still have their data. `extensions.code`
 * is BAD_USER_INPUT if an argument is not valid. It is UPSTREAM_UNAVAILABLE if the gateway cannot read RunPod's lists of GPU types and
 * data centers and has no cached lists.
 */
export type QueryGpuAvailabilityArgs = {
  filter: InputMaybe<GpuAvailabilityFilter>;
  first: InputMaybe<Scalars['Int']['input']>;
  gpuCount?: Scalars['Int']['input'];
  gpuType: InputMaybe<Scalars['String']['input']>;
  orderBy?: GpuAvailabilityOrder;
  region: InputMaybe<Region>;
};


/**
 * The queries. If a field fails, it is null and has an entry in `errors`, and the other fields still have their data. `extensions.code`
 * is BAD_USER_INPUT if an argument is not valid. It is UPSTREAM_UNAVAILABLE if the gateway cannot read RunPod's lists of GPU types and
 * data centers and has no cached lists.
 */
export type QueryGpuTypeArgs = {
  id: Scalars['ID']['input'];
};


/**
 * The queries. If a field fails, it is null and has an entry in `errors`, and the other fields still have their data. `extensions.code`
 * is BAD_USER_INPUT if an argument is not valid. It is UPSTREAM_UNAVAILABLE if the gateway cannot read RunPod's lists of GPU types and
 * data centers and has no cached lists.
 */
export type QueryGpuTypesArgs = {
  manufacturer: InputMaybe<GpuManufacturer>;
  minMemoryGb: InputMaybe<Scalars['Int']['input']>;
};


/**
 * The queries. If a field fails, it is null and has an entry in `errors`, and the other fields still have their data. `extensions.code`
 * is BAD_USER_INPUT if an argument is not valid. It is UPSTREAM_UNAVAILABLE if the gateway cannot read RunPod's lists of GPU types and
 * data centers and has no cached lists.
 */
export type QueryPlacementArgs = {
  first?: Scalars['Int']['input'];
  needs: PlacementNeeds;
  prefer?: PlacementPreference;
};

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

/** The subscriptions. */
export type Subscription = {
  readonly __typename?: 'Subscription';
  /**
   * Sends an event for each difference between two successive observations of a cell (a GPU type in a data center, for pods of one
   * size). A failed request to RunPod causes no event. The gateway sends an event if the row meets the conditions before or after the
   * change. The conditions mean the same as in `gpuAvailability`.
   */
  readonly gpuAvailabilityChanged: GpuAvailabilityChange;
};


/** The subscriptions. */
export type SubscriptionGpuAvailabilityChangedArgs = {
  filter: InputMaybe<GpuAvailabilityFilter>;
  gpuCount?: Scalars['Int']['input'];
  gpuType: InputMaybe<Scalars['String']['input']>;
  lastEventId: InputMaybe<Scalars['ID']['input']>;
  region: InputMaybe<Region>;
};

/** The source that the gateway reads availability from, and its health. */
export type Upstream = {
  readonly __typename?: 'Upstream';
  /** Whether the latest requests to this source succeeded. */
  readonly health: UpstreamHealth;
  /**
   * When a request to this source last succeeded. For RECORDED, the time of the recording. Null if none has succeeded since the gateway
   * started.
   */
  readonly lastSuccessAt?: Maybe<Scalars['DateTime']['output']>;
  /** For RECORDED, when the data was recorded. Null for a live source. */
  readonly recordedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The source that reports stock. */
  readonly source: UpstreamSource;
  /**
   * All sources in use. The first one is the `source` above. A second source adds spot prices and pod sizes, or replaces the first
   * source while that fails. The list does not contain a source that RunPod has retired.
   */
  readonly sources: ReadonlyArray<UpstreamSourceStatus>;
};

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

/** A source and its health. */
export type UpstreamSourceStatus = {
  readonly __typename?: 'UpstreamSourceStatus';
  /** Whether the latest requests to this source succeeded. */
  readonly health: UpstreamHealth;
  /** When a request to this source last succeeded. Null if none has succeeded since the gateway started. */
  readonly lastSuccessAt?: Maybe<Scalars['DateTime']['output']>;
  /** The source. */
  readonly source: UpstreamSource;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type ReferenceResolver<TResult, TReference, TContext> = (
      reference: TReference,
      context: TContext,
      info: GraphQLResolveInfo
    ) => Promise<TResult> | TResult;

      type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>;
      type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>;
      type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>;
      export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> };
    

export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

/** Mapping of federation types */
export type FederationTypes = {
  DataCenter: DataCenter;
  GpuType: GpuType;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  DataCenter:
    ( { __typename: 'DataCenter' }
    & GraphQLRecursivePick<FederationTypes['DataCenter'], {"id":true}> );
  GpuType:
    ( { __typename: 'GpuType' }
    & GraphQLRecursivePick<FederationTypes['GpuType'], {"id":true}> );
};



/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  ChangeKind: ChangeKind;
  Coverage: ResolverTypeWrapper<CoverageModel>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  CreateRequest: ResolverTypeWrapper<CreateRequest>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  DataCenter: ResolverTypeWrapper<DataCenterModel>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  FailureCode: FailureCode;
  Freshness: ResolverTypeWrapper<FreshnessModel>;
  GpuAvailability: ResolverTypeWrapper<RowModel>;
  GpuAvailabilityChange: ResolverTypeWrapper<ChangeModel>;
  GpuAvailabilityFilter: GpuAvailabilityFilter;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  GpuAvailabilityOrder: GpuAvailabilityOrder;
  GpuAvailabilityOrderField: GpuAvailabilityOrderField;
  GpuAvailabilityReport: ResolverTypeWrapper<ReportModel>;
  GpuManufacturer: GpuManufacturer;
  GpuType: ResolverTypeWrapper<GpuTypeModel>;
  HourlyPrice: ResolverTypeWrapper<HourlyPrice>;
  ObservationFailure: ResolverTypeWrapper<ReportedFailureModel>;
  OrderDirection: OrderDirection;
  Placement: ResolverTypeWrapper<PlacementModel>;
  PlacementExclusion: ResolverTypeWrapper<ExclusionModel>;
  PlacementNeeds: PlacementNeeds;
  PlacementOption: ResolverTypeWrapper<OptionModel>;
  PlacementPreference: PlacementPreference;
  PlacementReason: PlacementReason;
  PlacementRelaxation: ResolverTypeWrapper<PlacementRelaxation>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Region: Region;
  StockLevel: StockLevel;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Upstream: ResolverTypeWrapper<UpstreamStatusModel>;
  UpstreamHealth: UpstreamHealth;
  UpstreamSource: UpstreamSource;
  UpstreamSourceStatus: ResolverTypeWrapper<UpstreamSourceStatus>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Coverage: CoverageModel;
  Boolean: Scalars['Boolean']['output'];
  Int: Scalars['Int']['output'];
  CreateRequest: CreateRequest;
  String: Scalars['String']['output'];
  DataCenter: DataCenterModel;
  ID: Scalars['ID']['output'];
  DateTime: Scalars['DateTime']['output'];
  Freshness: FreshnessModel;
  GpuAvailability: RowModel;
  GpuAvailabilityChange: ChangeModel;
  GpuAvailabilityFilter: GpuAvailabilityFilter;
  Float: Scalars['Float']['output'];
  GpuAvailabilityOrder: GpuAvailabilityOrder;
  GpuAvailabilityReport: ReportModel;
  GpuType: GpuTypeModel;
  HourlyPrice: HourlyPrice;
  ObservationFailure: ReportedFailureModel;
  Placement: PlacementModel;
  PlacementExclusion: ExclusionModel;
  PlacementNeeds: PlacementNeeds;
  PlacementOption: OptionModel;
  PlacementRelaxation: PlacementRelaxation;
  Query: Record<PropertyKey, never>;
  Subscription: Record<PropertyKey, never>;
  Upstream: UpstreamStatusModel;
  UpstreamSourceStatus: UpstreamSourceStatus;
};

export type CoverageResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Coverage'] = ResolversParentTypes['Coverage']> = {
  complete?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  expected?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  failed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  failures?: Resolver<ReadonlyArray<ResolversTypes['ObservationFailure']>, ParentType, ContextType>;
  observed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type CreateRequestResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['CreateRequest'] = ResolversParentTypes['CreateRequest']> = {
  body?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  method?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  url?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type DataCenterResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['DataCenter'] = ResolversParentTypes['DataCenter'], FederationReferenceType extends FederationReferenceTypes['DataCenter'] = FederationReferenceTypes['DataCenter']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['DataCenter']> | FederationReferenceType, FederationReferenceType, ContextType>;
  availability?: Resolver<Maybe<ResolversTypes['GpuAvailabilityReport']>, ParentType, ContextType, RequireFields<DataCenterAvailabilityArgs, 'gpuCount' | 'orderBy'>>;
  compliance?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
  countryCode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  globalNetwork?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  listed?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  location?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  networkVolume?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  region?: Resolver<ResolversTypes['Region'], ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type FreshnessResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Freshness'] = ResolversParentTypes['Freshness']> = {
  newestObservedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  observedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  stale?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type GpuAvailabilityResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['GpuAvailability'] = ResolversParentTypes['GpuAvailability']> = {
  available?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  availableGpuCounts?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Int']>>, ParentType, ContextType>;
  dataCenter?: Resolver<ResolversTypes['DataCenter'], ParentType, ContextType>;
  gpuCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  gpuType?: Resolver<ResolversTypes['GpuType'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  observedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  onDemandPrice?: Resolver<Maybe<ResolversTypes['HourlyPrice']>, ParentType, ContextType>;
  spotObservedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  spotPrice?: Resolver<Maybe<ResolversTypes['HourlyPrice']>, ParentType, ContextType>;
  stale?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  stock?: Resolver<ResolversTypes['StockLevel'], ParentType, ContextType>;
};

export type GpuAvailabilityChangeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['GpuAvailabilityChange'] = ResolversParentTypes['GpuAvailabilityChange']> = {
  after?: Resolver<ResolversTypes['GpuAvailability'], ParentType, ContextType>;
  before?: Resolver<ResolversTypes['GpuAvailability'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['ChangeKind'], ParentType, ContextType>;
};

export type GpuAvailabilityReportResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['GpuAvailabilityReport'] = ResolversParentTypes['GpuAvailabilityReport']> = {
  coverage?: Resolver<ResolversTypes['Coverage'], ParentType, ContextType>;
  freshness?: Resolver<ResolversTypes['Freshness'], ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['GpuAvailability']>, ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type GpuTypeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['GpuType'] = ResolversParentTypes['GpuType'], FederationReferenceType extends FederationReferenceTypes['GpuType'] = FederationReferenceTypes['GpuType']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['GpuType']> | FederationReferenceType, FederationReferenceType, ContextType>;
  availability?: Resolver<Maybe<ResolversTypes['GpuAvailabilityReport']>, ParentType, ContextType, RequireFields<GpuTypeAvailabilityArgs, 'gpuCount' | 'orderBy'>>;
  communityCloud?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  communityPrice?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  displayName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  manufacturer?: Resolver<ResolversTypes['GpuManufacturer'], ParentType, ContextType>;
  maxGpuCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  memoryGb?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  secureCloud?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  securePrice?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type HourlyPriceResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['HourlyPrice'] = ResolversParentTypes['HourlyPrice']> = {
  perGpu?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  perPod?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type ObservationFailureResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['ObservationFailure'] = ResolversParentTypes['ObservationFailure']> = {
  code?: Resolver<ResolversTypes['FailureCode'], ParentType, ContextType>;
  dataCenter?: Resolver<Maybe<ResolversTypes['DataCenter']>, ParentType, ContextType>;
  gpuType?: Resolver<ResolversTypes['GpuType'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type PlacementResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Placement'] = ResolversParentTypes['Placement']> = {
  coverage?: Resolver<ResolversTypes['Coverage'], ParentType, ContextType>;
  excluded?: Resolver<ReadonlyArray<ResolversTypes['PlacementExclusion']>, ParentType, ContextType>;
  freshness?: Resolver<ResolversTypes['Freshness'], ParentType, ContextType>;
  options?: Resolver<ReadonlyArray<ResolversTypes['PlacementOption']>, ParentType, ContextType>;
  relaxations?: Resolver<ReadonlyArray<ResolversTypes['PlacementRelaxation']>, ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type PlacementExclusionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['PlacementExclusion'] = ResolversParentTypes['PlacementExclusion']> = {
  dataCenter?: Resolver<Maybe<ResolversTypes['DataCenter']>, ParentType, ContextType>;
  gpuCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  gpuType?: Resolver<ResolversTypes['GpuType'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['PlacementReason'], ParentType, ContextType>;
};

export type PlacementOptionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['PlacementOption'] = ResolversParentTypes['PlacementOption']> = {
  availability?: Resolver<ResolversTypes['GpuAvailability'], ParentType, ContextType>;
  createRequest?: Resolver<ResolversTypes['CreateRequest'], ParentType, ContextType>;
  totalMemoryGb?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type PlacementRelaxationResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['PlacementRelaxation'] = ResolversParentTypes['PlacementRelaxation']> = {
  cheapest?: Resolver<Maybe<ResolversTypes['HourlyPrice']>, ParentType, ContextType>;
  need?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  options?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  dataCenter: Resolver<Maybe<ResolversTypes['DataCenter']>, ParentType, ContextType, RequireFields<QueryDataCenterArgs, 'id'>>;
  dataCenters: Resolver<Maybe<ReadonlyArray<ResolversTypes['DataCenter']>>, ParentType, ContextType, Partial<QueryDataCentersArgs>>;
  gpuAvailability: Resolver<Maybe<ResolversTypes['GpuAvailabilityReport']>, ParentType, ContextType, RequireFields<QueryGpuAvailabilityArgs, 'gpuCount' | 'orderBy'>>;
  gpuType: Resolver<Maybe<ResolversTypes['GpuType']>, ParentType, ContextType, RequireFields<QueryGpuTypeArgs, 'id'>>;
  gpuTypes: Resolver<Maybe<ReadonlyArray<ResolversTypes['GpuType']>>, ParentType, ContextType, Partial<QueryGpuTypesArgs>>;
  placement: Resolver<Maybe<ResolversTypes['Placement']>, ParentType, ContextType, RequireFields<QueryPlacementArgs, 'first' | 'needs' | 'prefer'>>;
  upstream: Resolver<Maybe<ResolversTypes['Upstream']>, ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  gpuAvailabilityChanged?: SubscriptionResolver<ResolversTypes['GpuAvailabilityChange'], "gpuAvailabilityChanged", ParentType, ContextType, RequireFields<SubscriptionGpuAvailabilityChangedArgs, 'gpuCount'>>;
};

export type UpstreamResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Upstream'] = ResolversParentTypes['Upstream']> = {
  health?: Resolver<ResolversTypes['UpstreamHealth'], ParentType, ContextType>;
  lastSuccessAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  recordedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['UpstreamSource'], ParentType, ContextType>;
  sources?: Resolver<ReadonlyArray<ResolversTypes['UpstreamSourceStatus']>, ParentType, ContextType>;
};

export type UpstreamSourceStatusResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['UpstreamSourceStatus'] = ResolversParentTypes['UpstreamSourceStatus']> = {
  health?: Resolver<ResolversTypes['UpstreamHealth'], ParentType, ContextType>;
  lastSuccessAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['UpstreamSource'], ParentType, ContextType>;
};

export type Resolvers<ContextType = GraphQLContext> = {
  Coverage?: CoverageResolvers<ContextType>;
  CreateRequest?: CreateRequestResolvers<ContextType>;
  DataCenter?: DataCenterResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  Freshness?: FreshnessResolvers<ContextType>;
  GpuAvailability?: GpuAvailabilityResolvers<ContextType>;
  GpuAvailabilityChange?: GpuAvailabilityChangeResolvers<ContextType>;
  GpuAvailabilityReport?: GpuAvailabilityReportResolvers<ContextType>;
  GpuType?: GpuTypeResolvers<ContextType>;
  HourlyPrice?: HourlyPriceResolvers<ContextType>;
  ObservationFailure?: ObservationFailureResolvers<ContextType>;
  Placement?: PlacementResolvers<ContextType>;
  PlacementExclusion?: PlacementExclusionResolvers<ContextType>;
  PlacementOption?: PlacementOptionResolvers<ContextType>;
  PlacementRelaxation?: PlacementRelaxationResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  Upstream?: UpstreamResolvers<ContextType>;
  UpstreamSourceStatus?: UpstreamSourceStatusResolvers<ContextType>;
};

