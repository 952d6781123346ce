import { type FieldNode, type GraphQLResolveInfo, getNamedType } from 'graphql';
import type { Report } from '../../domain/report.ts';
import type { Budget } from '../../loaders/budget.ts';
import type { Subjects } from '../subjects.ts';
import { type LongestValues, longestValues } from './longest-values.ts';
import { type Size, sizeOfItem } from './selected-size.ts';

/**
 * The cost of reading one cell (a GPU type in a data center), expressed as the number of response bytes that take the same time to produce.
 */
export const CELL_BYTES = 20;

/**
 * Returns the size of a report with the fields that an operation selects. Every id and name is assumed to be as long as the longest one in
 * `lists`.
 */
export type SizeOfReport = (lists: Subjects) => Size;

/** The part of a resolver's `info` that determines the size of the field's value. */
type Field = Pick<GraphQLResolveInfo, 'schema' | 'fieldNodes' | 'fragments' | 'variableValues' | 'path' | 'returnType'>;

interface Known {
  readonly longest: LongestValues;
  readonly size: Size;
}

/**
 * The sizes that were already calculated, by the nodes of a field and then by the type name of the object. All rows of one operation share
 * the nodes, so the size is calculated only once for them.
 */
const sizes = new WeakMap<readonly FieldNode[], Map<string, Known>>();

/** Returns the size of one object in the value of a field. `typeName` is the type of the object if the field has an abstract type. */
export function sizeOfOne(field: Field, lists: Subjects, typeName = getNamedType(field.returnType).name): Size {
  const { schema, fieldNodes, fragments, variableValues, path } = field;
  const byType = sizes.get(fieldNodes) ?? new Map<string, Known>();
  sizes.set(fieldNodes, byType);
  const longest = longestValues(lists);
  const known = byType.get(typeName);
  if (known?.longest === longest) return known.size;
  const type = schema.getType(typeName) ?? getNamedType(field.returnType);
  const selected = { schema, fragments, variables: variableValues, longest, pathBytes: bytesOfPath(path) };
  const size = sizeOfItem(selected, type, fieldNodes);
  byType.set(typeName, { longest, size });
  return size;
}

/**
 * Adds the size of a report to the size of the response.
 * @throws {OperationTooComplexError} if the response would be too large.
 */
export function spendReport(budget: Budget, { fixed, row, failure }: Size, { nodes, coverage }: Report): void {
  budget.spendBytes(fixed + row * nodes.length + failure * coverage.failures.length);
}

/** The maximum number of bytes that an element of a response path takes in addition to its key: an index, quotes and a comma. */
const PATH_JOINTS = 8;

function bytesOfPath(path: GraphQLResolveInfo['path'] | undefined): number {
  return path === undefined ? 0 : String(path.key).length + PATH_JOINTS + bytesOfPath(path.prev);
}
