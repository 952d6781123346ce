import * as fc from 'fast-check';

const ROW_FIELDS = [
  '__typename',
  'id',
  'row: id stock',
  'stock',
  'kind: stock',
  'available gpuCount stale observedAt spotObservedAt availableGpuCounts',
  'gpuType { id displayName memoryGb securePrice }',
  'gpuType { ...Type }',
  'dataCenter { id region countryCode compliance __typename }',
  'dataCenter { ... on DataCenter { name } }',
  'onDemandPrice { perGpu perPod } spotPrice { perPod }',
  'stock @include(if: true) gpuCount @skip(if: true)',
];
/** Fields of a row that depend on more than the row itself: on a variable, or on other rows. */
const OTHER_ROW_FIELDS = ['stock @include(if: $yes)', 'gpuType { availability(region: ASIA) { totalCount } }'];
const REPORT_FIELDS = [
  'totalCount',
  'coverage { complete expected observed failed failures { code message } }',
  'freshness { observedAt newestObservedAt stale __typename }',
  'more: totalCount @skip(if: $yes)',
  '...Report',
  '...Report @include(if: $yes)',
  '... @skip(if: $yes) { failed: coverage { failed } }',
];
/** Fields of a report that an operation may contain twice. GraphQL then merges the two selections. */
const OTHER_REPORT_FIELDS = ['...Rows', 'nodes { gpuCount }', 'coverage { failed }'];

const anySome = (fields: readonly string[], minLength: number) =>
  fc.uniqueArray(fc.constantFrom(...fields), { minLength, maxLength: 4 }).map((some) => some.join(' '));

const anyRow = fc.oneof(
  { weight: 5, arbitrary: anySome(ROW_FIELDS, 1) },
  { weight: 1, arbitrary: anySome([...ROW_FIELDS, ...OTHER_ROW_FIELDS], 2) },
);

const anyRest = fc.oneof(
  { weight: 5, arbitrary: anySome(REPORT_FIELDS, 0) },
  { weight: 1, arbitrary: anySome([...REPORT_FIELDS, ...OTHER_REPORT_FIELDS], 2) },
);

const anyArguments = fc
  .uniqueArray(
    fc.constantFrom(
      ['region', 'EUROPE'],
      ['gpuType', '"rtx 4090"'],
      ['gpuType', '$type'],
      ['gpuCount', '2'],
      ['gpuCount', '$count'],
      ['first', '3'],
      ['orderBy', '{ field: PRICE, direction: DESC }'],
      ['filter', '{ includeUnavailable: true, countryCodes: ["RO"] }'],
      ['filter', '{ maxPricePerGpuHour: $most, minStock: LOW }'],
      ['filter', '{ dataCenterIds: $ids, includeUnavailable: $yes }'],
      ['filter', '{ regions: [EUROPE, ASIA], globalNetwork: true }'],
      ['filter', '{ regions: $regions, nameContains: $part }'],
      ['filter', '{ compliance: ["SOC_2_TYPE_2"], includeUnavailable: true }'],
      ['filter', '{ globalNetwork: $yes, gpuTypeIds: ["nvidia l4"] }'],
      ['gpuType', '"rtx-4090"'],
      ['filter', '$filter'],
      ['region', '$region'],
      ['first', '$first'],
      ['orderBy', '{ field: $field, direction: ASC }'],
    ),
    { maxLength: 3, selector: ([name]) => name },
  )
  .map((args) => (args.length === 0 ? '' : `(${args.map(([name, value]) => `${name}: ${value}`).join(', ')})`));

const anyField = fc
  .tuple(anyArguments, anyRow, anyRest)
  .map(([args, rows, report]) => `gpuAvailability${args} { nodes { ${rows} } ${report} }`);

const OPTION_FIELDS = [
  '__typename totalMemoryGb',
  'createRequest { method url body }',
  'availability { id stock onDemandPrice { perPod } observedAt }',
  'row: availability { ...Pod gpuType { ...Type } dataCenter { id } }',
  '... on PlacementOption { memory: totalMemoryGb }',
];
const PLACEMENT_FIELDS = [
  'totalCount __typename',
  'excluded { gpuType { id } dataCenter { id } gpuCount reason message }',
  'excluded { ... on PlacementExclusion { why: message } gpuType { ...Type } }',
  'relaxations { need options cheapest { perGpu perPod } }',
  'coverage { complete expected failures { message } }',
  'freshness { observedAt stale }',
  '...Placed',
  'more: totalCount @skip(if: $yes)',
];
/** Selections in a placement that the gateway cannot answer from memory alone, or that GraphQL merges with other selections. */
const OTHER_PLACEMENT_FIELDS = [
  'excluded { gpuType { availability(region: ASIA) { totalCount } } }',
  'excluded { reason @include(if: $yes) }',
  'options { availability { stock @skip(if: $yes) } }',
  'options { availability { dataCenter { availability(gpuType: "L4") { totalCount } } } }',
];

const anyNeeds = fc
  .uniqueArray(
    fc.constantFrom(
      ['gpuCount', '1'],
      ['gpuCount', '$count'],
      ['minMemoryGb', '48'],
      ['minTotalMemoryGb', '160'],
      ['gpuTypeIds', '["nvidia l4", "NVIDIA A100 80GB PCIe"]'],
      ['manufacturer', 'NVIDIA'],
      ['maxPricePerHour', '$most'],
      ['maxPricePerHour', '1.5'],
      ['regions', '[EUROPE]'],
      ['regions', '$regions'],
      ['countryCodes', '["RO", "us"]'],
      ['dataCenterIds', '$ids'],
      ['networkVolume', 'true'],
      ['globalNetwork', '$yes'],
      ['compliance', '["SOC_2_TYPE_2"]'],
      ['minStock', 'LOW'],
    ),
    { maxLength: 3, selector: ([name]) => name },
  )
  .map((needs) => `{ ${needs.map(([name, value]) => `${name}: ${value}`).join(', ')} }`);

const anyPlacement = fc
  .tuple(
    anyNeeds,
    fc.constantFrom('', ', prefer: LIKELIEST', ', first: 3', ', first: $first'),
    anySome(OPTION_FIELDS, 1),
    fc.oneof(
      { weight: 5, arbitrary: anySome(PLACEMENT_FIELDS, 0) },
      { weight: 1, arbitrary: anySome([...PLACEMENT_FIELDS, ...OTHER_PLACEMENT_FIELDS], 2) },
    ),
  )
  .map(([needs, args, option, rest]) => `placement(needs: ${needs}${args}) { options { ${option} } ${rest} }`);

const VARIABLES = {
  type: 'String = "L4"',
  count: 'Int! = 1',
  most: 'Float',
  yes: 'Boolean! = true',
  ids: '[ID!]',
  filter: 'GpuAvailabilityFilter = { minStock: LOW }',
  region: 'Region',
  regions: '[Region!]',
  part: 'String = "rtx"',
  first: 'Int',
  field: 'GpuAvailabilityOrderField! = STOCK',
};
const FRAGMENTS = {
  Type: 'on GpuType { id manufacturer }',
  Report: 'on GpuAvailabilityReport { expected: coverage { expected } }',
  Rows: 'on GpuAvailabilityReport { nodes { stock } }',
  Pod: 'on GpuAvailability { gpuCount stale }',
  Placed: 'on Placement { count: totalCount }',
};

/** Creates an operation from fields, and adds the variables and fragments that the fields use. */
export function toOperation(fields: string): string {
  const variables = Object.entries(VARIABLES).filter(([name]) => new RegExp(`\\$${name}\\b`).test(fields));
  const fragments = Object.entries(FRAGMENTS).filter(([name]) => fields.includes(`...${name}`));
  const declared = variables.map(([name, type]) => `$${name}: ${type}`).join(', ');
  const texts = fragments.map(([name, text]) => `fragment ${name} ${text}`);
  return `query Some${declared === '' ? '' : `(${declared})`} { ${fields} } ${texts.join(' ')}`;
}

const anyQueryField = fc.oneof({ weight: 2, arbitrary: anyField }, { weight: 1, arbitrary: anyPlacement });

/** Generates operations that query availability or placements. The gateway can answer some of them from memory, but not others. */
export const anyQuestion = fc
  .tuple(anyQueryField, fc.option(anyQueryField, { nil: '' }))
  .map(([one, other]) => toOperation(`one: ${one} ${other}`));

/** Generates valid and invalid values for the variables of `anyQuestion`. */
export const anyVariables = fc.record(
  {
    type: fc.constantFrom('L4', 'A100 PCIe', null, 'no such', 4),
    count: fc.constantFrom(1, 2, 17, null, '1'),
    most: fc.constantFrom(0.5, 1, null, '1', 1e30),
    yes: fc.constantFrom(true, false, null),
    ids: fc.constantFrom('EU-RO-1', 'eu-ro-1', ['EU-RO-1'], ['EU-RO-1', null], [], null, [1]),
    filter: fc.constantFrom(
      {},
      { minStock: 'HIGH' },
      { minMemoryGb: -1 },
      { nameContains: 'RTX', regions: ['NORTH_AMERICA'], compliance: [] },
      { minStock: 1 },
      { maxPricePerGpuHour: '1' },
      { other: 1 },
      [],
      null,
    ),
    regions: fc.constantFrom('EUROPE', ['EUROPE', 'ASIA'], ['EU'], [null], [], null),
    part: fc.constantFrom('h-100', '', ' ', 'no such', null, 1, 'x'.repeat(101)),
    region: fc.constantFrom('EUROPE', 'europe', null, 1, ['EUROPE']),
    first: fc.constantFrom(3, 3.5, '3', 1e10, null, true),
    field: fc.constantFrom('PRICE', 'NO_SUCH', null, 0),
    other: fc.anything(),
  },
  { requiredKeys: [] },
);

/** Valid values for all variables of `anyQuestion`. */
export const GOOD_VARIABLES = {
  type: 'L4',
  count: 1,
  most: 5,
  ids: ['EU-RO-1'],
  filter: {},
  region: 'EUROPE',
  regions: ['EUROPE'],
  part: 'rtx',
  first: 9,
  field: 'PRICE',
};
