import {
  concatAST,
  type DocumentNode,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  Kind,
  parse,
  print,
  visit,
} from 'graphql';
import { createSchema } from 'graphql-yoga';
import type { GraphQLContext } from './context.ts';
import type { Resolvers } from './types.generated.ts';

/** A reference to an entity by its key, as a federation gateway sends it. `useRepresentations` has checked it. */
interface Representation {
  readonly __typename: string;
  readonly id: string;
}

/**
 * Returns the entity that a reference identifies. The type of this function is declared through a method, because TypeScript checks the
 * parameters of methods less strictly. So a resolver can declare that it accepts only references to its own entity type.
 */
type ResolveReference = {
  resolve(reference: Representation, context: GraphQLContext, info: GraphQLResolveInfo): unknown;
}['resolve'];

/**
 * Creates the executable schema of a subgraph of Federation 2: the types of `typeDefs`, and the root fields `_service` and `_entities`
 * for federation gateways. Each type with `@key` is an entity. Its `__resolveReference` returns the entity or null.
 *
 * Only the SDL of the subgraph has the directives of Federation. The executable schema does not define them.
 */
export function createSubgraphSchema(typeDefs: DocumentNode, resolvers: Resolvers): GraphQLSchema {
  const sdl = print(typeDefs);
  const { resolveEntities, typeNameOf } = createEntities(resolvers);
  return createSchema<GraphQLContext>({
    typeDefs: concatAST([withoutFederation(typeDefs), federationFields(typeDefs)]),
    resolvers: {
      ...resolvers,
      Query: { ...resolvers.Query, _service: () => ({ sdl }), _entities: resolveEntities },
      _Entity: { __resolveType: typeNameOf },
    },
  });
}

/** The directives of GraphQL itself. They stay in the public schema. */
const PUBLIC_DIRECTIVES = new Set(['deprecated', 'specifiedBy']);

/** Returns the SDL document without the link to Federation and without the directives that only federation gateways read. */
export function withoutFederation(typeDefs: DocumentNode): DocumentNode {
  return visit(typeDefs, {
    [Kind.SCHEMA_EXTENSION]: () => null,
    [Kind.DIRECTIVE]: ({ name }) => (PUBLIC_DIRECTIVES.has(name.value) ? undefined : null),
  });
}

/** Returns the types and root fields that Federation requires in every subgraph. */
function federationFields(typeDefs: DocumentNode): DocumentNode {
  const entities = typeDefs.definitions.flatMap((node) =>
    node.kind === Kind.OBJECT_TYPE_DEFINITION && node.directives?.some(({ name }) => name.value === 'key')
      ? node.name.value
      : [],
  );
  return parse(`
    extend type Query {
      _entities(representations: [_Any!]!): [_Entity]!
      _service: _Service!
    }
    scalar _Any
    type _Service { sdl: String }
    union _Entity = ${entities.join(' | ')}
  `);
}

function createEntities(resolvers: Resolvers) {
  const references = new Map<string, ResolveReference>();
  for (const [typeName, ofType] of Object.entries(resolvers)) {
    if (!('__resolveReference' in ofType)) continue;
    const { __resolveReference: resolveReference } = ofType;
    if (resolveReference !== undefined) references.set(typeName, resolveReference);
  }
  /**
   * The type name of each entity that was returned to a federation gateway. Entities are domain objects, which do not contain their type
   * name.
   */
  const typeNames = new WeakMap<object, string>();

  /** Resolves one reference. The function is async, so that a resolver that throws synchronously makes only its own reference fail. */
  async function resolveEntity(reference: Representation, context: GraphQLContext, info: GraphQLResolveInfo) {
    const { __typename: typeName } = reference;
    const resolveReference = references.get(typeName);
    if (resolveReference === undefined) throw new Error(`Type ${typeName} has no __resolveReference.`);
    const entity = await resolveReference(reference, context, info);
    if (typeof entity === 'object' && entity !== null) typeNames.set(entity, typeName);
    return entity;
  }

  return {
    resolveEntities: (
      _root: unknown,
      { representations }: { readonly representations: readonly Representation[] },
      context: GraphQLContext,
      info: GraphQLResolveInfo,
    ) => representations.map((reference) => resolveEntity(reference, context, info)),
    typeNameOf: (entity: object) => typeNames.get(entity),
  };
}
