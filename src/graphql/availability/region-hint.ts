import { type GraphQLEnumType, GraphQLError, type ValueNode } from 'graphql';
import type { Region } from '../../domain/region.ts';

/** Texts that people may type in place of a region (abbreviations, and prefixes of data center ids), and the regions that they may mean. */
const MEANT = new Map<string, readonly Region[]>([
  ['EU', ['EUROPE']],
  ['EUR', ['EUROPE']],
  ['NA', ['NORTH_AMERICA']],
  ['US', ['NORTH_AMERICA']],
  ['USA', ['NORTH_AMERICA']],
  ['SA', ['SOUTH_AMERICA']],
  ['SEA', ['ASIA']],
  ['AP', ['ASIA', 'OCEANIA']],
  ['APAC', ['ASIA', 'OCEANIA']],
  ['OC', ['OCEANIA']],
  ['ME', ['MIDDLE_EAST']],
  ['AF', ['AFRICA']],
]);

/**
 * Extends the error about an unknown region. If the client sent an abbreviation, the error suggests the regions that the abbreviation may
 * mean. graphql-js itself suggests only values that differ by a few letters.
 */
export function hintAtRegions(region: GraphQLEnumType): void {
  const parseLiteral = region.parseLiteral.bind(region);
  const parseValue = region.parseValue.bind(region);
  region.parseLiteral = (node, variables) => {
    if ('value' in node) refuseAbbreviation(region, node.value, node);
    return parseLiteral(node, variables);
  };
  region.parseValue = (value) => {
    refuseAbbreviation(region, value);
    return parseValue(value);
  };
}

function refuseAbbreviation({ name }: GraphQLEnumType, value: unknown, node?: ValueNode): void {
  if (typeof value !== 'string') return;
  const meant = MEANT.get(value.toUpperCase());
  if (meant === undefined) return;
  const hint = meant.map((region) => `"${region}"`).join(' or ');
  throw new GraphQLError(`Value "${value}" does not exist in "${name}" enum. Did you mean the enum value ${hint}?`, {
    nodes: node ?? null,
  });
}
