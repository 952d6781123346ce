import { GraphQLError, type GraphQLResolveInfo } from 'graphql';
import type { GraphQLContext } from '../graphql/context.ts';
import { maskError } from '../graphql/mask-error.ts';
import { RESOLVERS } from '../graphql/schema.ts';
import type { GpuAvailabilityFieldResolver, GpuAvailabilityResolvers } from './library-types.ts';

/** Finds the gateway's context in the GraphQL context of the host program. */
export type ContextIn = (context: unknown) => GraphQLContext;

/**
 * A resolver of the gateway. TypeScript checks the parameters of a method less strictly than those of a function. The type is declared as a
 * method, so that it fits resolvers with any types of parent and arguments.
 */
type Resolve = {
  resolve(parent: unknown, args: object, context: GraphQLContext, info: GraphQLResolveInfo): unknown;
}['resolve'];

/** The resolvers of one GraphQL type, by field name. */
type FieldsOfType = Readonly<Record<string, Resolve | { readonly subscribe: Resolve; readonly resolve: Resolve }>>;

/** What `createHostResolvers` needs. */
export interface HostResolversDeps {
  readonly contextIn: ContextIn;
  /** Resolves when the gateway is ready to resolve root fields. */
  readonly started: Promise<void>;
}

/**
 * Creates resolvers for a schema of the host program. They are the gateway's own resolvers, but they find the gateway's context inside the
 * host's context. An error that clients may see is thrown as a GraphQLError with a code, because servers usually mask all other errors.
 */
export function createHostResolvers({ contextIn, started }: HostResolversDeps): GpuAvailabilityResolvers {
  function adapt(resolve: Resolve): GpuAvailabilityFieldResolver {
    return (parent, args, context, info) => {
      try {
        const value = resolve(parent, args, contextIn(context), info);
        return value instanceof Promise ? value.catch(throwToHost) : value;
      } catch (error) {
        return throwToHost(error);
      }
    };
  }

  function adaptRoot(resolve: Resolve): GpuAvailabilityFieldResolver {
    const adapted = adapt(resolve);
    return async (...args) => {
      await started;
      return adapted(...args);
    };
  }

  return Object.fromEntries(
    Object.entries(RESOLVERS as unknown as Record<string, FieldsOfType>).map(([typeName, fields]) => {
      const adaptField = typeName === 'Query' ? adaptRoot : adapt;
      // `__resolveReference` is omitted, because only the federation subgraph needs it.
      const own = Object.entries(fields).filter(([fieldName]) => !fieldName.startsWith('__'));
      const adapted = own.map(([fieldName, field]) => [
        fieldName,
        typeof field === 'function'
          ? adaptField(field)
          : { subscribe: adaptRoot(field.subscribe), resolve: adapt(field.resolve) },
      ]);
      return [typeName, Object.fromEntries(adapted)];
    }),
  );
}

/**
 * Throws an error that the host program can handle. An error that clients may see is thrown as a GraphQLError. An internal error of the
 * gateway is thrown unchanged, so that the host masks and logs it.
 */
function throwToHost(error: unknown): never {
  if (!(error instanceof Error)) throw error;
  const shown =
    error instanceof GraphQLError ? error : maskError(new GraphQLError(error.message, { originalError: error }));
  throw shown.extensions['code'] === 'INTERNAL_SERVER_ERROR' ? error : withoutStatus(shown);
}

/**
 * Removes the HTTP status from an error. Otherwise, the host's whole response would get this status, although other fields may have
 * succeeded.
 */
function withoutStatus({ message, nodes, path, extensions }: GraphQLError): GraphQLError {
  const shown = Object.fromEntries(Object.entries(extensions).filter(([name]) => name !== 'http'));
  return new GraphQLError(message, { nodes: nodes ?? null, path: path ?? null, extensions: shown });
}
