import { type ParseArgsConfig, parseArgs } from 'node:util';

/** The options of a command, in the form that `parseArgs` requires. */
type Options = NonNullable<ParseArgsConfig['options']>;

/** The values of a command's options, and its other arguments. */
type Arguments<O extends Options> = Pick<
  ReturnType<typeof parseArgs<{ options: O; allowPositionals: true }>>,
  'values' | 'positionals'
>;

/** A command that can be run. */
export interface Command {
  /** Says what the command does: a verb, and what follows it. */
  readonly summary: string;
  /** Shows the arguments and options, as they follow the name of the command. */
  readonly usage: string;
  /** Explains the arguments and options. */
  readonly details: string;
  /**
   * Runs the command. Resolves with the exit code, or with `undefined` if the process continues to work.
   * @throws {UsageError} before any work is done, if the command does not accept `args`.
   */
  readonly run: (args: readonly string[]) => Promise<number | undefined>;
}

/** Thrown when a command is called in a way that it does not accept. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A command before its options and arguments are read. */
interface Definition<O extends Options> extends Omit<Command, 'run'> {
  readonly options: O;
  /** The maximum number of arguments besides options. Default: 0. */
  readonly mostPositionals?: number;
  readonly run: (args: Arguments<O>) => Promise<number | undefined>;
}

/** Creates a command that reads its arguments before it runs. */
export function createCommand<const O extends Options>(definition: Definition<O>): Command {
  const { options, mostPositionals, run, ...help } = definition;
  return { ...help, run: async (args) => run(readArguments(args, options, mostPositionals)) };
}

/**
 * Reads the arguments of a command or a benchmark.
 * @throws {UsageError} for an unknown option, a missing value, or more than `mostPositionals` arguments besides options.
 */
export function readArguments<const O extends Options>(
  args: readonly string[],
  options: O,
  mostPositionals = 0,
): Arguments<O> {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: mostPositionals > 0 });
    const surplus = positionals[mostPositionals];
    if (surplus !== undefined) throw new TypeError(`Unexpected argument ${JSON.stringify(surplus)}.`);
    return { values, positionals };
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** Whether the arguments ask for help. */
export const asksForHelp = (args: readonly string[]): boolean => args.includes('--help') || args.includes('-h');

/**
 * Converts the value of a numeric option.
 * @throws {UsageError} if the value is not a number from `min` to `max`.
 */
export function toNumber(option: string, text: string, min: number, max: number): number {
  const number = Number(text);
  if (text.trim() !== '' && number >= min && number <= max) return number;
  throw new UsageError(`${option} is ${JSON.stringify(text)}; it must be a number from ${min} to ${max}.`);
}

/**
 * Converts the value of an option that counts something.
 * @throws {UsageError} if the value is not a whole number from `min` to `max`.
 */
export function toWholeNumber(option: string, text: string, min: number, max: number): number {
  const number = toNumber(option, text, min, max);
  if (Number.isInteger(number)) return number;
  throw new UsageError(`${option} is ${JSON.stringify(text)}; it must be a whole number.`);
}
