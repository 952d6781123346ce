import { createOperationContext, type OperationContextDeps } from '../app/operation-context.ts';
import { UNBOUNDED } from '../domain/permit.ts';
import type { GraphQLContext } from '../graphql/context.ts';
import { withWholeLists } from '../graphql/pace/whole-lists.ts';
import { nameOfAddress } from '../http/client-address.ts';
import type { ContextIn } from './host-resolvers.ts';
import type { GpuAvailability, OperationCaller } from './library-types.ts';

/** Creates the contexts of operations that arrive over `fetch`, or that the host executes. */
export interface Operations {
  /** Creates the context of an operation over `fetch`. */
  readonly open: (caller: OperationCaller) => GraphQLContext;
  /** Creates the context of an operation of the host. */
  readonly createContext: GpuAvailability['createContext'];
  /** Returns the context that `createContext` put into the context of the host. */
  readonly contextIn: ContextIn;
}

/** The name of the client that all operations without a client share. */
const UNNAMED = '';

/** What `createOperations` needs. */
export interface OperationsDeps extends OperationContextDeps {
  /** The number of leading bits of an IPv6 address that identify a client. */
  readonly ipv6Prefix: number;
}

/** Creates the contexts. Each operation has its own budget, and each client has its own budget of requests to RunPod. */
export function createOperations(deps: OperationsDeps): Operations {
  /** The context of each operation of the host. The host gets only an empty object, because the contents are not a public interface. */
  const contexts = new WeakMap<object, GraphQLContext>();

  function open({ client, signal = new AbortController().signal }: OperationCaller): GraphQLContext {
    // A host usually has all addresses with one prefix, and must not get a new budget with each of them.
    const name = nameOfAddress(client ?? UNNAMED, deps.ipv6Prefix);
    return createOperationContext(deps, {
      signal,
      permit: UNBOUNDED,
      client: () => name,
      leaving: () => signal,
      disconnect() {},
    });
  }

  return {
    open,
    createContext(caller = {}) {
      const gpuAvailability = {};
      const context = open(caller);
      contexts.set(gpuAvailability, { ...context, pace: withWholeLists(context.pace) });
      return { gpuAvailability };
    },
    contextIn(context) {
      const { gpuAvailability } = Object(context) as { readonly gpuAvailability?: unknown };
      const own = contexts.get(Object(gpuAvailability));
      if (own === undefined) throw new Error(NO_CONTEXT);
      return own;
    },
  };
}

const NO_CONTEXT =
  'The context of this operation lacks gpuAvailability. Put the result of createContext() into the context of each operation.';
