import graphql, { configs, parser } from '@graphql-eslint/eslint-plugin';

/** The public schema. RunPod's, in `upstream.graphqls`, is not ours to change. */
const schema = ['schema/*.graphql'];
/** The operations that clients send. No rule applies to operations to RunPod, which select only what the gateway reads. */
const documents = ['operations/board/*.graphql', 'operations/clients/*.graphql', 'operations/graphiql/*.graphql'];

const recommended = configs['flat/schema-recommended'].rules;
const [, naming] = recommended['@graphql-eslint/naming-convention'];

export default [
  {
    files: [...schema, ...documents],
    plugins: { '@graphql-eslint': graphql },
    languageOptions: { parser, parserOptions: { graphQLConfig: { schema, documents } } },
  },
  {
    files: schema,
    rules: {
      ...recommended,
      // Requires descriptions of fields, arguments and enum values too. The recommended rule does not check those.
      '@graphql-eslint/require-description': [
        'error',
        { types: true, FieldDefinition: true, InputValueDefinition: true, EnumValueDefinition: true },
      ],
      // A one-line description is easier to read in plain quotes. Longer ones are blocks.
      '@graphql-eslint/description-style': 'off',
      // Types may end in 'Type', because "GPU type" is RunPod's term.
      '@graphql-eslint/naming-convention': ['error', { ...naming, 'ObjectTypeDefinition,ObjectTypeExtension': {} }],
      // Types without an identity, such as a price or a report, belong to the object or operation that contains them.
      '@graphql-eslint/strict-id-in-types': [
        'error',
        {
          acceptedIdNames: ['id'],
          acceptedIdTypes: ['ID'],
          exceptions: {
            types: [
              'Coverage',
              'CreateRequest',
              'Freshness',
              'GpuAvailabilityReport',
              'HourlyPrice',
              'ObservationFailure',
              'Placement',
              'PlacementExclusion',
              'PlacementOption',
              'PlacementRelaxation',
              'Upstream',
              'UpstreamSourceStatus',
            ],
          },
        },
      ],
    },
  },
  { files: documents, rules: configs['flat/operations-recommended'].rules },
  {
    // `before` and `after` have the same id. With both ids, a normalized cache would merge the two rows.
    files: ['operations/clients/watch.graphql'],
    rules: { '@graphql-eslint/require-selections': 'off' },
  },
];
