import graphql, { configs, parser } from '@graphql-eslint/eslint-plugin';

/** The public schema. RunPod's, in `upstream.graphqls`, is not ours to change. */
const schema = ['schema/*.graphql'];
/** What clients send. Operations to RunPod select what the gateway reads and nothing else. */
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
      // Also fields, arguments and enum values, which the recommended rule passes over.
      '@graphql-eslint/require-description': [
        'error',
        { types: true, FieldDefinition: true, InputValueDefinition: true, EnumValueDefinition: true },
      ],
      // A description of one line is easier to read between plain quotes; those of several lines are blocks.
      '@graphql-eslint/description-style': 'off',
      // Types may end in 'Type': "GPU type" is RunPod's name for the thing.
      '@graphql-eslint/naming-convention': ['error', { ...naming, 'ObjectTypeDefinition,ObjectTypeExtension': {} }],
      // What has no identity of its own, such as a price or a report, belongs to the object or the operation around it.
      '@graphql-eslint/strict-id-in-types': [
        'error',
        {
          acceptedIdNames: ['id'],
          acceptedIdTypes: ['ID'],
          exceptions: {
            types: [
              'Coverage',
              'Freshness',
              'GpuAvailabilityReport',
              'HourlyPrice',
              'ObservationFailure',
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
