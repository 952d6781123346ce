import { type ExecutionArgs, GraphQLError, getOperationAST, getVariableValues } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { maskError } from '../mask-error.ts';

/** The maximum number of errors about variables that an operation reports. */
const MAX_ERRORS = 10;
/** The maximum length of the message of an error about variables, in characters. */
const MAX_MESSAGE_LENGTH = 500;

/**
 * Rejects operations whose variables are not valid, before other plugins read them. Without this plugin, the executor would report up to 50
 * errors. Each of them would repeat the value, so a request of 1 MB could cause a response of 45 MB.
 */
export function useVariables(): Plugin {
  const refuse = ({ args, setResultAndStopExecution }: Started) => {
    const operation = getOperationAST(args.document, args.operationName);
    const { variableDefinitions = [] } = operation ?? {};
    if (variableDefinitions.length === 0) return;
    const { errors } = getVariableValues(args.schema, variableDefinitions, args.variableValues ?? {}, {
      maxErrors: MAX_ERRORS,
    });
    if (errors !== undefined) setResultAndStopExecution({ errors: errors.map(shorten).map(maskError) });
  };
  return { onExecute: refuse, onSubscribe: refuse };
}

interface Started {
  readonly args: ExecutionArgs;
  readonly setResultAndStopExecution: (result: { readonly errors: readonly GraphQLError[] }) => void;
}

function shorten(error: GraphQLError): GraphQLError {
  const { message, nodes = null } = error;
  if (message.length <= MAX_MESSAGE_LENGTH) return error;
  return new GraphQLError(`${message.slice(0, MAX_MESSAGE_LENGTH)}…`, { nodes });
}
