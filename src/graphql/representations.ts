import { type DocumentNode, GraphQLError, Kind, type ValueNode, valueFromASTUntyped, visit } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { tooComplex } from './mask-error.ts';

/** What a federation gateway may ask for at once. */
const MAX_REPRESENTATIONS = 1000;

/** Types that other subgraphs refer to. */
const ENTITIES = new Set<unknown>(['GpuType', 'DataCenter']);

/**
 * Looks at the representations of an operation, over all its `_entities` fields, before it is run: no other limit counts them,
 * and @apollo/subgraph would call one of another type a fault of ours.
 */
export function useRepresentations(): Plugin {
  const valuesByDocument = new WeakMap<DocumentNode, readonly ValueNode[]>();
  return {
    onExecute({ args, setResultAndStopExecution }) {
      const values = valuesByDocument.get(args.document) ?? findRepresentations(args.document);
      valuesByDocument.set(args.document, values);
      if (values.length === 0) return;
      const error = check(values.flatMap((value) => valueFromASTUntyped(value, args.variableValues)));
      if (error !== null) setResultAndStopExecution({ errors: [error] });
    },
  };
}

/** The arguments as written, which may be variables. */
function findRepresentations(document: DocumentNode): readonly ValueNode[] {
  const values: ValueNode[] = [];
  visit(document, {
    [Kind.FIELD](field) {
      if (field.name.value !== '_entities') return;
      for (const { name, value } of field.arguments ?? []) if (name.value === 'representations') values.push(value);
    },
  });
  return values;
}

function check(representations: readonly unknown[]): GraphQLError | null {
  const { length } = representations;
  if (length > MAX_REPRESENTATIONS) {
    return tooComplex(`The operation has ${length} representations; ${MAX_REPRESENTATIONS} is the most.`);
  }
  const strange = representations.find((representation) => !isReference(representation));
  if (strange === undefined) return null;
  return new GraphQLError(
    `A representation has a __typename, one of ${[...ENTITIES].join(' and ')}, and an id that is a text.`,
    { extensions: { code: 'BAD_USER_INPUT' } },
  );
}

function isReference(representation: unknown): boolean {
  if (typeof representation !== 'object' || representation === null) return false;
  const { __typename, id } = representation as Readonly<Record<string, unknown>>;
  return ENTITIES.has(__typename) && typeof id === 'string';
}
