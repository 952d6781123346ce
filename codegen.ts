import type { CodegenConfig } from '@graphql-codegen/cli';

/** For each GraphQL type, the TypeScript type of the objects that resolvers receive as their parent or return. */
const mappers = {
  Coverage: '../domain/report.ts#Coverage as CoverageModel',
  DataCenter: '../domain/data-center.ts#DataCenter as DataCenterModel',
  Freshness: '../domain/type-rows.ts#Freshness as FreshnessModel',
  GpuAvailability: '../domain/row.ts#Row as RowModel',
  GpuAvailabilityChange: '../domain/change.ts#Change as ChangeModel',
  GpuAvailabilityReport: './availability/resolved-report.ts#ResolvedReport as ReportModel',
  GpuType: '../domain/gpu-type.ts#GpuType as GpuTypeModel',
  ObservationFailure: '../domain/type-rows.ts#ReportedFailure as ReportedFailureModel',
  Placement: './placement/resolved-placement.ts#ResolvedPlacement as PlacementModel',
  PlacementExclusion: '../domain/placement/exclusions.ts#Exclusion as ExclusionModel',
  PlacementOption: './placement/resolved-placement.ts#Option as OptionModel',
  Upstream: '../domain/catalog.ts#UpstreamStatus as UpstreamStatusModel',
};

const config: CodegenConfig = {
  emitLegacyCommonJSImports: false,
  importExtension: '.ts',
  generates: {
    'src/graphql/types.generated.ts': {
      schema: 'schema/*.graphql',
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        avoidOptionals: { query: true, object: true, defaultValue: true },
        contextType: './context.ts#GraphQLContext',
        enumsAsTypes: true,
        federation: true,
        immutableTypes: true,
        mappers,
        scalars: { DateTime: 'string', _FieldSet: 'string' },
        strictScalars: true,
        useTypeImports: true,
      },
    },
    'examples/clients/operations.generated.ts': {
      schema: 'schema/*.graphql',
      documents: 'operations/clients/*.graphql',
      plugins: ['typescript-operations', 'typed-document-node'],
      config: {
        enumsAsTypes: true,
        scalars: { DateTime: 'string', _FieldSet: 'string' },
        strictScalars: true,
        useTypeImports: true,
      },
    },
    'src/board/graphql/': {
      schema: 'schema/*.graphql',
      documents: 'operations/board/*.graphql',
      preset: 'client',
      presetConfig: {
        fragmentMasking: false,
        persistedDocuments: { mode: 'replaceDocumentWithHash', hashAlgorithm: 'sha256' },
      },
      config: {
        documentMode: 'string',
        enumsAsTypes: true,
        immutableTypes: true,
        scalars: { DateTime: 'string', _FieldSet: 'string' },
        strictScalars: true,
        useTypeImports: true,
      },
    },
    'src/upstream/runpod-graphql/operations.generated.ts': {
      schema: 'schema/upstream.graphqls',
      documents: 'operations/runpod/*.graphql',
      plugins: ['typescript-operations', 'typed-document-node'],
      config: {
        avoidOptionals: true,
        enumsAsTypes: true,
        inlineFragmentTypes: 'combine',
        strictScalars: true,
        useTypeImports: true,
      },
    },
  },
};

export default config;
