import { GraphQLError, type GraphQLResolveInfo } from 'graphql';
import type { GraphQLContext } from '../graphql/context.ts';
import { maskError } from '../graphql/mask-error.ts';
import { RESOLVERS } from '../graphql/schema.ts';
import type { GpuAvailabilityFieldResolver, GpuAvailabilityResolvers } from './library-types.ts';

/** Returns the gateway's context inside the context of the host. */
export type ContextIn = (context: unknown) => GraphQLContext;

/** A resolver of the gateway. It is a method, so that all resolvers have this type, whatever the types of their parents and arguments. */
type Resolve = {
  resolve(parent: unknown, args: object, context: GraphQLContext, info: GraphQLResolveInfo): unknown;
}['resolve'];

/** The resolvers of one type, by field. */
type FieldsOfType = Readonly<Record<string, Resolve | { readonly subscribe: Resolve; readonly resolve: Resolve }>>;

/** What `createHostResolvers` needs. */
export interface HostResolversDeps {
  readonly contextIn: ContextIn;
  /** Resolves when root fields may be resolved. */
  readonly started: Promise<void>;
}

/**
 * Creates the resolvers for a schema of the host. They are the gateway's resolvers, which find their context inside the host's context.
 * An error that clients may see is a GraphQLError with a code, because servers usually mask all other errors.
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
      // References to entities are resolved by the subgraph alone.
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

/** Throws an error in the form that the host may show. A fault of the gateway is thrown as it is, so that the host masks and logs it. */
function throwToHost(error: unknown): never {
  if (!(error instanceof Error)) throw error;
  const shown =
    error instanceof GraphQLError ? error : maskError(new GraphQLError(error.message, { originalError: error }));
  throw shown.extensions['code'] === 'INTERNAL_SERVER_ERROR' ? error : withoutStatus(shown);
}

/** Removes the HTTP status from an error. In the response of the host, it would become the status of all other fields as well. */
function withoutStatus({ message, nodes, path, extensions }: GraphQLError): GraphQLError {
  const shown = Object.fromEntries(Object.entries(extensions).filter(([name]) => name !== 'http'));
  return new GraphQLError(message, { nodes: nodes ?? null, path: path ?? null, extensions: shown });
}
