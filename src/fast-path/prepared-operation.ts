import {
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  Kind,
  OperationTypeNode,
  parse,
  visit,
} from 'graphql';
import type { Report } from '../domain/report.ts';
import type { AvailabilityArguments } from '../graphql/availability/parse-arguments.ts';
import { type LongestValues, longestValues } from '../graphql/cost/longest-values.ts';
import type { SizeOfReport } from '../graphql/cost/report-size.ts';
import { type SelectedField, selectFields } from '../graphql/cost/selected-fields.ts';
import { type Size, sizeOfItem } from '../graphql/cost/selected-size.ts';
import type { VariableValues } from '../graphql/operation/variables.ts';
import { readVariables } from '../graphql/operation/variables.ts';
import { prepareArguments } from '../graphql/prepared-arguments.ts';
import { createReportTexts } from './report-texts.ts';

/**
 * Gives the answer to an operation, as JSON, with these values of its variables. `ask` gives what a field is answered with, or `null`.
 * `null`, or an error is thrown, when there is no answer without an error.
 */
export type PreparedOperation = (variables: Readonly<Record<string, unknown>>, ask: Ask) => string | null;

type Ask = (args: AvailabilityArguments, sizeOf: SizeOfReport) => Report | null;

/** Adds a field's value to pieces of JSON, or tells by `false` that it cannot. */
type PrintField = (values: VariableValues, ask: Ask, pieces: string[]) => boolean;

/** Bytes of a root field besides its key and its report. */
const ROOT_FIELD_BYTES = 16;

/** Fields that may ask, or are about the schema. */
const NOT_FROM_MEMORY = new Set(['availability', '__schema', '__type']);

/** Directives that make no other kind of answer. */
const DIRECTIVES = new Set(['skip', 'include']);

/**
 * Makes a valid operation ready. `null` when it is of another kind: it asks for more than the availability of GPU types, needs
 * variables for what is selected of rows, has fields to be merged, or is to be delivered in parts.
 */
export type PrepareOperation = (text: string, operationName: string | undefined) => PreparedOperation | null;

/**
 * Variables, arguments, directives and selections are read by graphql-js, but as far as it can be once for all who send the operation.
 * `schema` is the public one.
 */
export function createPrepareOperation(schema: GraphQLSchema): PrepareOperation {
  const reportTexts = createReportTexts(schema);
  const availability = schema.getQueryType()?.getFields()['gpuAvailability'] as GraphQLField<unknown, unknown>;

  /** Takes every field to be included. An operation that is refused because of that is judged again, exactly, where it is run. */
  function createSizeOf(
    node: FieldNode,
    rootBytes: number,
    fragments: readonly FragmentDefinitionNode[],
  ): SizeOfReport {
    const type = getNamedType(availability.type);
    const byName = Object.fromEntries(fragments.map((fragment) => [fragment.name.value, fragment]));
    let known: { readonly longest: LongestValues; readonly size: Size } | null = null;
    return (lists) => {
      const longest = longestValues(lists);
      if (known?.longest !== longest) {
        const selected = { schema, fragments: byName, variables: null, longest, pathBytes: 0 };
        const size = sizeOfItem(selected, type, [node]);
        known = { longest, size: { ...size, fixed: size.fixed + rootBytes } };
      }
      return known.size;
    };
  }

  function prepareField(
    { node }: SelectedField,
    rootBytes: number,
    fragments: readonly FragmentDefinitionNode[],
  ): PrintField | null {
    if (node.name.value === '__typename') {
      return (_values, _ask, pieces) => {
        pieces.push('"Query"');
        return true;
      };
    }
    if (node.name.value !== availability.name || node.selectionSet === undefined) return null;
    const print = reportTexts.printerOf(node.selectionSet, fragments);
    if (print === null) return null;
    const readArguments = prepareArguments(availability, node);
    const sizeOf = createSizeOf(node, rootBytes, fragments);
    return (values, ask, pieces) => {
      // By the schema they are.
      const report = ask(readArguments(values) as unknown as AvailabilityArguments, sizeOf);
      return report !== null && print(report, values, pieces);
    };
  }

  return (text, operationName) => {
    const document = parse(text, { noLocation: true });
    const operation = getOperationAST(document, operationName);
    if (operation?.operation !== OperationTypeNode.QUERY || !isPlain(document)) return null;
    const { variableDefinitions = [] } = operation;
    // graphql-js looks for values in an object that inherits, and sometimes finds what nobody gave.
    if (variableDefinitions.some(({ variable }) => variable.name.value in {})) return null;
    const fragments = document.definitions.filter(
      ({ kind }) => kind === Kind.FRAGMENT_DEFINITION,
    ) as FragmentDefinitionNode[];
    const selected = selectFields(operation.selectionSet.selections, fragments) ?? [];
    const rootBytes = selected.reduce((sum, { key }) => sum + key.length + ROOT_FIELD_BYTES, ROOT_FIELD_BYTES);
    const fields = selected.flatMap((field) => {
      const print = prepareField(field, rootBytes, fragments);
      return print === null ? [] : [{ ...field, print }];
    });
    if (fields.length === 0 || fields.length < selected.length) return null;
    return (variables, ask) => {
      const coerced = readVariables(schema, variableDefinitions, variables);
      if (coerced === undefined) return null;
      const pieces: string[] = [];
      let before = '{"data":{"';
      for (const { key, isIncluded, print } of fields) {
        if (!isIncluded(coerced)) continue;
        pieces.push(before, key, '":');
        before = ',"';
        if (!print(coerced, ask, pieces)) return null;
      }
      pieces.push(pieces.length === 0 ? '{"data":{}}' : '}}');
      return pieces.join('');
    };
  };
}

/** Selections around what is selected of rows: the operation's, and a report's. */
const OUTER_SELECTIONS = 2;

/**
 * Whether nothing in the document may ask, and rows are the same whatever the variables. What fragments select is taken for rows.
 */
function isPlain(document: DocumentNode): boolean {
  let depth = 0;
  const depthOf = (node: ASTNode, parent: ASTNode | readonly ASTNode[] | undefined) => {
    if (node.kind === Kind.FRAGMENT_DEFINITION) return OUTER_SELECTIONS + 1;
    const isIn = (kind: Kind) => parent !== undefined && 'kind' in parent && parent.kind === kind;
    return Number(node.kind === Kind.SELECTION_SET && (isIn(Kind.OPERATION_DEFINITION) || isIn(Kind.FIELD)));
  };
  const isForbidden = (node: ASTNode) =>
    (node.kind === Kind.VARIABLE && depth > OUTER_SELECTIONS) ||
    (node.kind === Kind.FIELD && NOT_FROM_MEMORY.has(node.name.value)) ||
    (node.kind === Kind.DIRECTIVE && !DIRECTIVES.has(node.name.value));
  let plain = true;
  visit(document, {
    enter(node, _key, parent) {
      if (isForbidden(node)) plain = false;
      depth += depthOf(node, parent);
    },
    leave(node, _key, parent) {
      depth -= depthOf(node, parent);
    },
  });
  return plain;
}
