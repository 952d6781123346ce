/* eslint-disable */
import * as types from './graphql.ts';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "fragment BoardCell on GpuAvailability {\n  id\n  gpuType {\n    id\n  }\n  dataCenter {\n    id\n  }\n  available\n  stock\n  onDemandPrice {\n    perGpu\n    perPod\n  }\n  spotPrice {\n    perGpu\n  }\n  availableGpuCounts\n  observedAt\n  stale\n}": typeof types.BoardCellFragmentDoc,
    "query BoardCells($gpuCount: Int!, $gpuTypeIds: [ID!]!) {\n  gpuAvailability(\n    gpuCount: $gpuCount\n    filter: {gpuTypeIds: $gpuTypeIds, includeUnavailable: true}\n  ) {\n    nodes {\n      ...BoardCell\n    }\n    coverage {\n      failures {\n        gpuType {\n          id\n          displayName\n        }\n        dataCenter {\n          id\n        }\n        code\n        message\n      }\n    }\n  }\n}": typeof types.BoardCellsDocument,
    "subscription BoardChanges($gpuCount: Int!, $lastEventId: ID) {\n  gpuAvailabilityChanged(\n    gpuCount: $gpuCount\n    lastEventId: $lastEventId\n    filter: {includeUnavailable: true}\n  ) {\n    id\n    kind\n    after {\n      ...BoardCell\n    }\n  }\n}": typeof types.BoardChangesDocument,
    "query BoardFind($needs: PlacementNeeds!, $prefer: PlacementPreference!, $first: Int!, $withDetails: Boolean!) {\n  placement(needs: $needs, prefer: $prefer, first: $first) {\n    totalCount\n    options {\n      availability {\n        id\n        gpuType {\n          id\n          displayName\n          memoryGb\n        }\n        dataCenter {\n          id\n          region\n          countryCode\n          location\n        }\n        gpuCount\n        available\n        stock\n        onDemandPrice {\n          perGpu\n          perPod\n        }\n        observedAt\n        stale\n      }\n      totalMemoryGb\n      createRequest {\n        method\n        url\n        body\n      }\n    }\n    excluded {\n      reason\n      gpuType @include(if: $withDetails) {\n        id\n        displayName\n      }\n      dataCenter @include(if: $withDetails) {\n        id\n      }\n      message @include(if: $withDetails)\n    }\n    relaxations {\n      need\n      options\n      cheapest {\n        perPod\n      }\n    }\n    coverage {\n      expected\n      observed\n      failures {\n        gpuType {\n          id\n          displayName\n        }\n        dataCenter {\n          id\n        }\n        code\n        message\n      }\n    }\n    freshness {\n      observedAt\n      stale\n    }\n  }\n}": typeof types.BoardFindDocument,
    "query BoardLists {\n  gpuTypes {\n    id\n    displayName\n    manufacturer\n    memoryGb\n    securePrice\n  }\n  dataCenters {\n    id\n    region\n    countryCode\n    location\n    networkVolume\n    globalNetwork\n    compliance\n  }\n  upstream {\n    source\n    health\n    recordedAt\n  }\n}": typeof types.BoardListsDocument,
};
const documents: Documents = {
    "fragment BoardCell on GpuAvailability {\n  id\n  gpuType {\n    id\n  }\n  dataCenter {\n    id\n  }\n  available\n  stock\n  onDemandPrice {\n    perGpu\n    perPod\n  }\n  spotPrice {\n    perGpu\n  }\n  availableGpuCounts\n  observedAt\n  stale\n}": types.BoardCellFragmentDoc,
    "query BoardCells($gpuCount: Int!, $gpuTypeIds: [ID!]!) {\n  gpuAvailability(\n    gpuCount: $gpuCount\n    filter: {gpuTypeIds: $gpuTypeIds, includeUnavailable: true}\n  ) {\n    nodes {\n      ...BoardCell\n    }\n    coverage {\n      failures {\n        gpuType {\n          id\n          displayName\n        }\n        dataCenter {\n          id\n        }\n        code\n        message\n      }\n    }\n  }\n}": types.BoardCellsDocument,
    "subscription BoardChanges($gpuCount: Int!, $lastEventId: ID) {\n  gpuAvailabilityChanged(\n    gpuCount: $gpuCount\n    lastEventId: $lastEventId\n    filter: {includeUnavailable: true}\n  ) {\n    id\n    kind\n    after {\n      ...BoardCell\n    }\n  }\n}": types.BoardChangesDocument,
    "query BoardFind($needs: PlacementNeeds!, $prefer: PlacementPreference!, $first: Int!, $withDetails: Boolean!) {\n  placement(needs: $needs, prefer: $prefer, first: $first) {\n    totalCount\n    options {\n      availability {\n        id\n        gpuType {\n          id\n          displayName\n          memoryGb\n        }\n        dataCenter {\n          id\n          region\n          countryCode\n          location\n        }\n        gpuCount\n        available\n        stock\n        onDemandPrice {\n          perGpu\n          perPod\n        }\n        observedAt\n        stale\n      }\n      totalMemoryGb\n      createRequest {\n        method\n        url\n        body\n      }\n    }\n    excluded {\n      reason\n      gpuType @include(if: $withDetails) {\n        id\n        displayName\n      }\n      dataCenter @include(if: $withDetails) {\n        id\n      }\n      message @include(if: $withDetails)\n    }\n    relaxations {\n      need\n      options\n      cheapest {\n        perPod\n      }\n    }\n    coverage {\n      expected\n      observed\n      failures {\n        gpuType {\n          id\n          displayName\n        }\n        dataCenter {\n          id\n        }\n        code\n        message\n      }\n    }\n    freshness {\n      observedAt\n      stale\n    }\n  }\n}": types.BoardFindDocument,
    "query BoardLists {\n  gpuTypes {\n    id\n    displayName\n    manufacturer\n    memoryGb\n    securePrice\n  }\n  dataCenters {\n    id\n    region\n    countryCode\n    location\n    networkVolume\n    globalNetwork\n    compliance\n  }\n  upstream {\n    source\n    health\n    recordedAt\n  }\n}": types.BoardListsDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "fragment BoardCell on GpuAvailability {\n  id\n  gpuType {\n    id\n  }\n  dataCenter {\n    id\n  }\n  available\n  stock\n  onDemandPrice {\n    perGpu\n    perPod\n  }\n  spotPrice {\n    perGpu\n  }\n  availableGpuCounts\n  observedAt\n  stale\n}"): typeof import('./graphql.ts').BoardCellFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query BoardCells($gpuCount: Int!, $gpuTypeIds: [ID!]!) {\n  gpuAvailability(\n    gpuCount: $gpuCount\n    filter: {gpuTypeIds: $gpuTypeIds, includeUnavailable: true}\n  ) {\n    nodes {\n      ...BoardCell\n    }\n    coverage {\n      failures {\n        gpuType {\n          id\n          displayName\n        }\n        dataCenter {\n          id\n        }\n        code\n        message\n      }\n    }\n  }\n}"): typeof import('./graphql.ts').BoardCellsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription BoardChanges($gpuCount: Int!, $lastEventId: ID) {\n  gpuAvailabilityChanged(\n    gpuCount: $gpuCount\n    lastEventId: $lastEventId\n    filter: {includeUnavailable: true}\n  ) {\n    id\n    kind\n    after {\n      ...BoardCell\n    }\n  }\n}"): typeof import('./graphql.ts').BoardChangesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query BoardFind($needs: PlacementNeeds!, $prefer: PlacementPreference!, $first: Int!, $withDetails: Boolean!) {\n  placement(needs: $needs, prefer: $prefer, first: $first) {\n    totalCount\n    options {\n      availability {\n        id\n        gpuType {\n          id\n          displayName\n          memoryGb\n        }\n        dataCenter {\n          id\n          region\n          countryCode\n          location\n        }\n        gpuCount\n        available\n        stock\n        onDemandPrice {\n          perGpu\n          perPod\n        }\n        observedAt\n        stale\n      }\n      totalMemoryGb\n      createRequest {\n        method\n        url\n        body\n      }\n    }\n    excluded {\n      reason\n      gpuType @include(if: $withDetails) {\n        id\n        displayName\n      }\n      dataCenter @include(if: $withDetails) {\n        id\n      }\n      message @include(if: $withDetails)\n    }\n    relaxations {\n      need\n      options\n      cheapest {\n        perPod\n      }\n    }\n    coverage {\n      expected\n      observed\n      failures {\n        gpuType {\n          id\n          displayName\n        }\n        dataCenter {\n          id\n        }\n        code\n        message\n      }\n    }\n    freshness {\n      observedAt\n      stale\n    }\n  }\n}"): typeof import('./graphql.ts').BoardFindDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query BoardLists {\n  gpuTypes {\n    id\n    displayName\n    manufacturer\n    memoryGb\n    securePrice\n  }\n  dataCenters {\n    id\n    region\n    countryCode\n    location\n    networkVolume\n    globalNetwork\n    compliance\n  }\n  upstream {\n    source\n    health\n    recordedAt\n  }\n}"): typeof import('./graphql.ts').BoardListsDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
