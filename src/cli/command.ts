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
  /** A phrase that says what the command does, such as 'prints the public schema as SDL'. */
  readonly summary: string;
  /** The arguments and options in short form, such as '[--count 1] [--json]'. */
  readonly usage: string;
  /** The rest of the help text, which explains the arguments and options. */
  readonly details: string;
  /**
   * Runs the command. Resolves with the exit code, or with `undefined` if the process is to keep running.
   * @throws {UsageError} before any work is done, if `args` are invalid.
   */
  readonly run: (args: readonly string[]) => Promise<number | undefined>;
}

/** Thrown when a command gets invalid arguments. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The definition of a command, whose `run` gets the parsed options and arguments. */
interface Definition<O extends Options> extends Omit<Command, 'run'> {
  readonly options: O;
  /** The maximum number of arguments besides options. Default: 0. */
  readonly mostPositionals?: number;
  readonly run: (args: Arguments<O>) => Promise<number | undefined>;
}

/** Creates a command that parses its arguments and then calls the `run` of the definition. */
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
