/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
export type Compliance =
  | 'FISMA_HIGH'
  | 'GDPR'
  | 'HITRUST'
  | 'ISO_14001'
  | 'ISO_IEC_27001'
  | 'ITAR'
  | 'PCI_DSS'
  | 'SOC_1_TYPE_2'
  | 'SOC_2_TYPE_2'
  | 'SOC_3_TYPE_2';

export type DataCentersQueryVariables = Exact<{ [key: string]: never; }>;


export type DataCentersQuery = { dataCenters: Array<{ id: string | null, name: string | null, location: string | null, storageSupport: boolean | null, globalNetwork: boolean | null, listed: boolean | null, compliance: Array<Compliance | null> | null } | null> | null };

export type GpuTypesQueryVariables = Exact<{ [key: string]: never; }>;


export type GpuTypesQuery = { gpuTypes: Array<{ id: string | null, displayName: string | null, manufacturer: string | null, memoryInGb: number | null, maxGpuCount: number | null, secureCloud: boolean | null, communityCloud: boolean | null, securePrice: number | null, communityPrice: number | null } | null> | null };

export type PriceFieldsFragment = { stockStatus: string | null, uninterruptablePrice: number | null, minimumBidPrice: number | null, availableGpuCounts: Array<number | null> | null };

export const PriceFieldsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PriceFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"LowestPrice"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"stockStatus"}},{"kind":"Field","name":{"kind":"Name","value":"uninterruptablePrice"}},{"kind":"Field","name":{"kind":"Name","value":"minimumBidPrice"}},{"kind":"Field","name":{"kind":"Name","value":"availableGpuCounts"}}]}}]} as unknown as DocumentNode<PriceFieldsFragment, unknown>;
export const DataCentersDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"DataCenters"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataCenters"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"location"}},{"kind":"Field","name":{"kind":"Name","value":"storageSupport"}},{"kind":"Field","name":{"kind":"Name","value":"globalNetwork"}},{"kind":"Field","name":{"kind":"Name","value":"listed"}},{"kind":"Field","name":{"kind":"Name","value":"compliance"}}]}}]}}]} as unknown as DocumentNode<DataCentersQuery, DataCentersQueryVariables>;
export const GpuTypesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"GpuTypes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"gpuTypes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"manufacturer"}},{"kind":"Field","name":{"kind":"Name","value":"memoryInGb"}},{"kind":"Field","name":{"kind":"Name","value":"maxGpuCount"}},{"kind":"Field","name":{"kind":"Name","value":"secureCloud"}},{"kind":"Field","name":{"kind":"Name","value":"communityCloud"}},{"kind":"Field","name":{"kind":"Name","value":"securePrice"}},{"kind":"Field","name":{"kind":"Name","value":"communityPrice"}}]}}]}}]} as unknown as DocumentNode<GpuTypesQuery, GpuTypesQueryVariables>;