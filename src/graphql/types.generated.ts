import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Coverage as CoverageModel } from '../domain/report.ts';
import type { DataCenter as DataCenterModel } from '../domain/data-center.ts';
import type { Freshness as FreshnessModel, ReportedFailure as ReportedFailureModel } from '../domain/type-rows.ts';
import type { Row as RowModel } from '../domain/row.ts';
import type { Change as ChangeModel } from '../domain/change.ts';
import type { ResolvedReport as ReportModel } from './availability/resolved-report.ts';
import type { GpuType as GpuTypeModel } from '../domain/gpu-type.ts';
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
  /** An instant as an RFC 3339 date-time in UTC, for example 2025-11-14T17:42:42.000Z. */
  DateTime: { input: string; output: string; }
  _FieldSet: { input: string; output: string; }
};

/** How a cell changed. */
export type ChangeKind =
  /** Was NONE, can be rented now. */
  | 'APPEARED'
  /** Could be rented, is NONE now. */
  | 'DISAPPEARED'
  /** Same level, another on-demand or spot price. */
  | 'PRICE_CHANGED'
  /** In stock before and after, at another level. */
  | 'STOCK_CHANGED';

/** How much of what was asked could be observed. A cell is one GPU type in one data center. */
export type Coverage = {
  readonly __typename?: 'Coverage';
  /** True when every cell asked for was observed. */
  readonly complete: Scalars['Boolean']['output'];
  /**
   * Cells asked for: the GPU types times the data centers left by the conditions on them (region, gpuType and
   * every filter field except minStock, maxPricePerGpuHour and includeUnavailable, which judge the answers).
   */
  readonly expected: Scalars['Int']['output'];
  /** Cells without one: expected less observed. */
  readonly failed: Scalars['Int']['output'];
  /** Which cells failed, and why. One entry for a GPU type that failed everywhere, else one for each cell. */
  readonly failures: ReadonlyArray<ObservationFailure>;
  /** Cells with an answer from RunPod. */
  readonly observed: Scalars['Int']['output'];
};

/** A place where RunPod runs secure-cloud machines. */
export type DataCenter = {
  readonly __typename?: 'DataCenter';
  /** Stock and price in this data center, by GPU type display name. Costs nothing more than the same rows of 'gpuAvailability'. */
  readonly availability?: Maybe<GpuAvailabilityReport>;
  /** Certifications as RunPod names them, for example SOC_2_TYPE_2. Null when RunPod does not say. */
  readonly compliance?: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** ISO 3166-1 alpha-2; null when it cannot be derived. */
  readonly countryCode?: Maybe<Scalars['String']['output']>;
  /** Whether it is part of RunPod's global network between pods. Null when RunPod does not say. */
  readonly globalNetwork?: Maybe<Scalars['Boolean']['output']>;
  /** RunPod's id, for example 'EU-RO-1'. */
  readonly id: Scalars['ID']['output'];
  /** Whether RunPod shows it in its console. Null when RunPod does not say. */
  readonly listed?: Maybe<Scalars['Boolean']['output']>;
  /** Place in RunPod's words, for example 'United States' or 'SE Asia'; loose text, not for programs. Null when RunPod does not say. */
  readonly location?: Maybe<Scalars['String']['output']>;
  /** The name RunPod shows; often the id itself. */
  readonly name: Scalars['String']['output'];
  /** Whether network volumes are supported, as RunPod advertises. Null when RunPod does not say. */
  readonly networkVolume?: Maybe<Scalars['Boolean']['output']>;
  /** The continent, derived from the id. */
  readonly region: Region;
};


/** A place where RunPod runs secure-cloud machines. */
export type DataCenterAvailabilityArgs = {
  filter: InputMaybe<GpuAvailabilityFilter>;
  first: InputMaybe<Scalars['Int']['input']>;
  gpuCount?: Scalars['Int']['input'];
  gpuType: InputMaybe<Scalars['String']['input']>;
  orderBy?: GpuAvailabilityOrder;
};

/** Why a cell could not be observed. */
export type FailureCode =
  /** RunPod answered with an error or with something that is not the answer asked for. */
  | 'BAD_RESPONSE'
  /** Not asked: the gateway's queue of upstream requests is full, its circuit is open, or RunPod has just added the data center. */
  | 'NOT_ATTEMPTED'
  /** RunPod asked for fewer requests (HTTP 429), or you have caused as many as one client may; the message says which. */
  | 'RATE_LIMITED'
  /** RunPod did not answer in time. */
  | 'TIMEOUT'
  /** RunPod refused the gateway's key or the gateway (HTTP 401 or 403). */
  | 'UNAUTHORIZED'
  /** No connection, or an HTTP 5xx. */
  | 'UNREACHABLE';

/** When RunPod was asked for the cells of this report. */
export type Freshness = {
  readonly __typename?: 'Freshness';
  /** The newest observation among the rows asked for; null when there is none. */
  readonly newestObservedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The oldest observation among the rows asked for; null when there is none. */
  readonly observedAt?: Maybe<Scalars['DateTime']['output']>;
  /**
   * True when at least one of the observations was older than the gateway's freshness limit when it was served. Such an answer is served
   * at once, while a newer one is being fetched or because none can be had.
   */
  readonly stale: Scalars['Boolean']['output'];
};

/** One GPU type in one data center, for pods of 'gpuCount' GPUs. */
export type GpuAvailability = {
  readonly __typename?: 'GpuAvailability';
  /** True: a pod with this many GPUs can be rented here now. False: verified that it cannot. Null: could not be observed. */
  readonly available?: Maybe<Scalars['Boolean']['output']>;
  /** Pod sizes (numbers of GPUs) that can be rented here now, ascending; not quantities. Null when the source does not say. */
  readonly availableGpuCounts?: Maybe<ReadonlyArray<Scalars['Int']['output']>>;
  /** The data center. */
  readonly dataCenter: DataCenter;
  /** GPUs on one pod, as asked for. */
  readonly gpuCount: Scalars['Int']['output'];
  /** The GPU type. */
  readonly gpuType: GpuType;
  /**
   * Identifies this cell and pod size: the same in every answer and event and after a restart, so that caches of clients recognize
   * the row. Opaque: do not take it apart.
   */
  readonly id: Scalars['ID']['output'];
  /** When RunPod was asked. Null when never. */
  readonly observedAt?: Maybe<Scalars['DateTime']['output']>;
  /** On-demand secure-cloud price. Null when RunPod quotes none, which does not mean free. */
  readonly onDemandPrice?: Maybe<HourlyPrice>;
  /**
   * When spot price and pod sizes were observed: with the row, or earlier where the API that told the row does not tell them. Null
   * when they are not known, and then both are null.
   */
  readonly spotObservedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Lowest bid for an interruptible secure-cloud pod. Null when RunPod sells no spot for this type. */
  readonly spotPrice?: Maybe<HourlyPrice>;
  /**
   * True when this observation was older than the gateway's freshness limit when it was served. Such an answer is served at once, while
   * a newer one is being fetched or because none can be had.
   */
  readonly stale: Scalars['Boolean']['output'];
  /** How much there is, in RunPod's three levels; RunPod publishes no thresholds. */
  readonly stock: StockLevel;
};

/** The difference between two successive observations of a cell. */
export type GpuAvailabilityChange = {
  readonly __typename?: 'GpuAvailabilityChange';
  /** The row as it is now. */
  readonly after: GpuAvailability;
  /**
   * The row as it was observed before. It has the same `id` as `after`, so a client with a normalized cache must select the `id` of
   * `after` alone. Otherwise it merges the two rows.
   */
  readonly before: GpuAvailability;
  /** Identifies this event. Pass it as `lastEventId` to continue after it. */
  readonly id: Scalars['ID']['output'];
  /** How the cell changed. A change of both stock and price is STOCK_CHANGED. */
  readonly kind: ChangeKind;
};

/**
 * Conditions that a row must meet, all of them. A row whose value is unknown (null) does not meet a condition on it.
 * A condition left out or null is no condition; an empty list is one that nothing meets.
 */
export type GpuAvailabilityFilter = {
  /** Only data centers that have all of these certifications, as RunPod names them, in any case. */
  readonly compliance?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Only data centers in one of these countries: ISO 3166-1 alpha-2, in any case. */
  readonly countryCodes?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Only these data centers: ids, in any case. An id that RunPod does not know is refused (BAD_USER_INPUT). */
  readonly dataCenterIds?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** true: only data centers on RunPod's global network. false: no condition. */
  readonly globalNetwork?: InputMaybe<Scalars['Boolean']['input']>;
  /** Only these GPU types: ids, in any case. An id that RunPod does not list is refused (BAD_USER_INPUT). */
  readonly gpuTypeIds?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** Also rows with stock NONE, and rows that could not be observed (UNKNOWN): the whole matrix. */
  readonly includeUnavailable: Scalars['Boolean']['input'];
  /** Only GPU types of this manufacturer. */
  readonly manufacturer?: InputMaybe<GpuManufacturer>;
  /** On-demand US dollars per GPU per hour, at most; 0 or more. */
  readonly maxPricePerGpuHour?: InputMaybe<Scalars['Float']['input']>;
  /** Memory of one GPU, in GB, at least; 0 or more. */
  readonly minMemoryGb?: InputMaybe<Scalars['Int']['input']>;
  /** At least this level: LOW, MEDIUM or HIGH. */
  readonly minStock?: InputMaybe<StockLevel>;
  /**
   * Only GPU types whose id or display name contains this text, in any case; white space and hyphens do not count, so that 'rtx4090' finds
   * RTX 4090 and 'h100' the whole family. A text with nothing else in it is no condition.
   */
  readonly nameContains?: InputMaybe<Scalars['String']['input']>;
  /** true: only data centers that support network volumes. false: no condition. */
  readonly networkVolume?: InputMaybe<Scalars['Boolean']['input']>;
  /** Only data centers on one of these continents. */
  readonly regions?: InputMaybe<ReadonlyArray<Region>>;
};

/** How rows are ordered. */
export type GpuAvailabilityOrder = {
  /** Ascending by default. */
  readonly direction: OrderDirection;
  /** What to order by. */
  readonly field: GpuAvailabilityOrderField;
};

/** Ties are broken by GPU type display name, then data center id. Rows without a value come last in either direction. */
export type GpuAvailabilityOrderField =
  /** Id of the data center. */
  | 'DATA_CENTER'
  /** Display name of the GPU type. */
  | 'GPU_TYPE'
  /** Memory of one GPU. */
  | 'MEMORY'
  /** On-demand price per GPU. */
  | 'PRICE'
  /** Stock level: NONE, LOW, MEDIUM, HIGH. UNKNOWN is no value. */
  | 'STOCK';

/** Rows that answer a question about availability, and how far they can be trusted. */
export type GpuAvailabilityReport = {
  readonly __typename?: 'GpuAvailabilityReport';
  /** Whether everything asked for could be observed. */
  readonly coverage: Coverage;
  /** How old the answers are. */
  readonly freshness: Freshness;
  /** The rows, ordered; at most 'first' of them. */
  readonly nodes: ReadonlyArray<GpuAvailability>;
  /** Rows that matched, before 'first' was applied. */
  readonly totalCount: Scalars['Int']['output'];
};

/** Makers of GPU chips. */
export type GpuManufacturer =
  /** Advanced Micro Devices. */
  | 'AMD'
  /** NVIDIA Corporation. */
  | 'NVIDIA'
  /** Another maker, or RunPod does not say. */
  | 'UNKNOWN';

/** A model of GPU that RunPod rents, in stock or not. */
export type GpuType = {
  readonly __typename?: 'GpuType';
  /** Stock and price of this GPU type, by data center id. Costs nothing more than the same rows of 'gpuAvailability'. */
  readonly availability?: Maybe<GpuAvailabilityReport>;
  /** Whether community cloud (machines of third parties) offers it at all; not stock. Null when RunPod does not say. */
  readonly communityCloud?: Maybe<Scalars['Boolean']['output']>;
  /** List price in US dollars per GPU per hour on community cloud; null where it is not offered. */
  readonly communityPrice?: Maybe<Scalars['Float']['output']>;
  /** The name RunPod shows, for example 'RTX 4090'. It changes over time; the id does not. */
  readonly displayName: Scalars['String']['output'];
  /** RunPod's id, for example 'NVIDIA GeForce RTX 4090'. */
  readonly id: Scalars['ID']['output'];
  /** Who makes the chip. */
  readonly manufacturer: GpuManufacturer;
  /** The most GPUs one pod of this type may have; a ceiling, not stock. Null when RunPod does not say. */
  readonly maxGpuCount?: Maybe<Scalars['Int']['output']>;
  /** Memory of one GPU, in GB. Null when RunPod does not say. */
  readonly memoryGb?: Maybe<Scalars['Int']['output']>;
  /** Whether secure cloud (RunPod's data centers) offers it at all; not stock. Null when RunPod does not say. */
  readonly secureCloud?: Maybe<Scalars['Boolean']['output']>;
  /** List price in US dollars per GPU per hour on secure cloud; null where it is not offered. */
  readonly securePrice?: Maybe<Scalars['Float']['output']>;
};


/** A model of GPU that RunPod rents, in stock or not. */
export type GpuTypeAvailabilityArgs = {
  filter: InputMaybe<GpuAvailabilityFilter>;
  first: InputMaybe<Scalars['Int']['input']>;
  gpuCount?: Scalars['Int']['input'];
  orderBy?: GpuAvailabilityOrder;
  region: InputMaybe<Region>;
};

/** US dollars per hour. */
export type HourlyPrice = {
  readonly __typename?: 'HourlyPrice';
  /** For one GPU: perPod / gpuCount. */
  readonly perGpu: Scalars['Float']['output'];
  /** For a pod of the row's gpuCount. */
  readonly perPod: Scalars['Float']['output'];
};

/** Cells that could not be observed and have no last known answer young enough to serve. */
export type ObservationFailure = {
  readonly __typename?: 'ObservationFailure';
  /** Why, for programs. */
  readonly code: FailureCode;
  /** Null when the GPU type failed in every data center. */
  readonly dataCenter?: Maybe<DataCenter>;
  /** The GPU type that was asked for. */
  readonly gpuType: GpuType;
  /** For people; the code is for programs. */
  readonly message: Scalars['String']['output'];
};

/** A direction of ordering; it never applies to how ties are broken. */
export type OrderDirection =
  /** From the lowest to the highest. */
  | 'ASC'
  /** From the highest to the lowest. */
  | 'DESC';

/** What can be rented, and what there is. Each field can fail alone: it is null then, with an error, and the others are answered. */
export type Query = {
  readonly __typename?: 'Query';
  /** One data center. Null when RunPod knows no such id. Ids are case-sensitive. */
  readonly dataCenter?: Maybe<DataCenter>;
  /** Every data center RunPod knows, by id, whether RunPod lists it in its console or not. */
  readonly dataCenters?: Maybe<ReadonlyArray<DataCenter>>;
  /**
   * Stock and price of GPU types in data centers. Every row was verified by asking RunPod for that GPU
   * type in that data center; RunPod's own list of data centers per GPU type is never trusted.
   */
  readonly gpuAvailability?: Maybe<GpuAvailabilityReport>;
  /** One GPU type. Null when RunPod lists no such id. Ids are case-sensitive. */
  readonly gpuType?: Maybe<GpuType>;
  /** Every GPU type RunPod lists, by display name. RunPod's pseudo type 'unknown' is left out. */
  readonly gpuTypes?: Maybe<ReadonlyArray<GpuType>>;
  /** Where the answers come from, and how that source is doing. */
  readonly upstream?: Maybe<Upstream>;
};


/** What can be rented, and what there is. Each field can fail alone: it is null then, with an error, and the others are answered. */
export type QueryDataCenterArgs = {
  id: Scalars['ID']['input'];
};


/** What can be rented, and what there is. Each field can fail alone: it is null then, with an error, and the others are answered. */
export type QueryDataCentersArgs = {
  region: InputMaybe<Region>;
};


/** What can be rented, and what there is. Each field can fail alone: it is null then, with an error, and the others are answered. */
export type QueryGpuAvailabilityArgs = {
  filter: InputMaybe<GpuAvailabilityFilter>;
  first: InputMaybe<Scalars['Int']['input']>;
  gpuCount?: Scalars['Int']['input'];
  gpuType: InputMaybe<Scalars['String']['input']>;
  orderBy?: GpuAvailabilityOrder;
  region: InputMaybe<Region>;
};


/** What can be rented, and what there is. Each field can fail alone: it is null then, with an error, and the others are answered. */
export type QueryGpuTypeArgs = {
  id: Scalars['ID']['input'];
};


/** What can be rented, and what there is. Each field can fail alone: it is null then, with an error, and the others are answered. */
export type QueryGpuTypesArgs = {
  manufacturer: InputMaybe<GpuManufacturer>;
  minMemoryGb: InputMaybe<Scalars['Int']['input']>;
};

/** Continents, named as in RunPod's REST API v2. A data center that no rule can place is UNKNOWN and still shown. */
export type Region =
  /** Africa. */
  | 'AFRICA'
  /** Antarctica. */
  | 'ANTARCTICA'
  /** Asia without the Middle East. */
  | 'ASIA'
  /** Europe, Iceland included. */
  | 'EUROPE'
  /** The Middle East. */
  | 'MIDDLE_EAST'
  /** North America. */
  | 'NORTH_AMERICA'
  /** Australia, New Zealand and the Pacific islands. */
  | 'OCEANIA'
  /** South America. */
  | 'SOUTH_AMERICA'
  /** The id fits no rule this gateway knows. */
  | 'UNKNOWN';

/** RunPod's stock levels. */
export type StockLevel =
  /** Plenty, in RunPod's words 'High'. */
  | 'HIGH'
  /** Few, in RunPod's words 'Low'. */
  | 'LOW'
  /** Some, in RunPod's words 'Medium'. */
  | 'MEDIUM'
  /** Verified: nothing in stock. */
  | 'NONE'
  /** Could not be observed, or in stock at a level this gateway does not know ('available' distinguishes the two). */
  | 'UNKNOWN';

/** Events that the gateway sends as they happen. */
export type Subscription = {
  readonly __typename?: 'Subscription';
  /**
   * One event for each change between two verified observations of the same cell (GPU type, data center,
   * GPU count). A failed upstream request never causes an event. An event is sent when the row before it or
   * the row after it meets the conditions, which mean what they mean in `gpuAvailability`.
   */
  readonly gpuAvailabilityChanged: GpuAvailabilityChange;
};


/** Events that the gateway sends as they happen. */
export type SubscriptionGpuAvailabilityChangedArgs = {
  filter: InputMaybe<GpuAvailabilityFilter>;
  gpuCount?: Scalars['Int']['input'];
  gpuType: InputMaybe<Scalars['String']['input']>;
  lastEventId: InputMaybe<Scalars['ID']['input']>;
  region: InputMaybe<Region>;
};

/** The source of all answers. */
export type Upstream = {
  readonly __typename?: 'Upstream';
  /** How the latest requests to it went. */
  readonly health: UpstreamHealth;
  /** When an upstream request last succeeded. For RECORDED, the moment of the recording. Null if none has succeeded since the start. */
  readonly lastSuccessAt?: Maybe<Scalars['DateTime']['output']>;
  /** For RECORDED: when the answers were recorded. Null for live sources. */
  readonly recordedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The source that reports what is in stock. */
  readonly source: UpstreamSource;
  /**
   * Every source in use. The source above comes first, then the one that adds spot prices and pod sizes to its answers, or replaces it
   * while it does not answer. A source that RunPod has retired is not in use.
   */
  readonly sources: ReadonlyArray<UpstreamSourceStatus>;
};

/** How an upstream source is doing. */
export type UpstreamHealth =
  /** Some requests fail; answers may be incomplete or stale. */
  | 'DEGRADED'
  /** The latest requests failed, and none has succeeded recently. */
  | 'DOWN'
  /** The latest requests succeeded, or none was needed yet. */
  | 'UP';

/** Sources of availability. */
export type UpstreamSource =
  /** Answers recorded on an earlier day, served so that the gateway can be tried without RunPod. Not live. */
  | 'RECORDED'
  /** RunPod's GraphQL API, which RunPod retires in early 2027. */
  | 'RUNPOD_GRAPHQL'
  /** RunPod's REST API v2. */
  | 'RUNPOD_REST';

/** A source and how it is doing. */
export type UpstreamSourceStatus = {
  readonly __typename?: 'UpstreamSourceStatus';
  /** How the latest requests to it went. */
  readonly health: UpstreamHealth;
  /** When a request to it last succeeded. Null if none has succeeded since the start. */
  readonly lastSuccessAt?: Maybe<Scalars['DateTime']['output']>;
  /** Which source. */
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
  DataCenter: ResolverTypeWrapper<DataCenterModel>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
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
  DataCenter: DataCenterModel;
  String: Scalars['String']['output'];
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

export type QueryResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  dataCenter: Resolver<Maybe<ResolversTypes['DataCenter']>, ParentType, ContextType, RequireFields<QueryDataCenterArgs, 'id'>>;
  dataCenters: Resolver<Maybe<ReadonlyArray<ResolversTypes['DataCenter']>>, ParentType, ContextType, Partial<QueryDataCentersArgs>>;
  gpuAvailability: Resolver<Maybe<ResolversTypes['GpuAvailabilityReport']>, ParentType, ContextType, RequireFields<QueryGpuAvailabilityArgs, 'gpuCount' | 'orderBy'>>;
  gpuType: Resolver<Maybe<ResolversTypes['GpuType']>, ParentType, ContextType, RequireFields<QueryGpuTypeArgs, 'id'>>;
  gpuTypes: Resolver<Maybe<ReadonlyArray<ResolversTypes['GpuType']>>, ParentType, ContextType, Partial<QueryGpuTypesArgs>>;
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
  DataCenter?: DataCenterResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  Freshness?: FreshnessResolvers<ContextType>;
  GpuAvailability?: GpuAvailabilityResolvers<ContextType>;
  GpuAvailabilityChange?: GpuAvailabilityChangeResolvers<ContextType>;
  GpuAvailabilityReport?: GpuAvailabilityReportResolvers<ContextType>;
  GpuType?: GpuTypeResolvers<ContextType>;
  HourlyPrice?: HourlyPriceResolvers<ContextType>;
  ObservationFailure?: ObservationFailureResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  Upstream?: UpstreamResolvers<ContextType>;
  UpstreamSourceStatus?: UpstreamSourceStatusResolvers<ContextType>;
};

