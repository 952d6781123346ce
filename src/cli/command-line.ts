import { VERSION } from '../version.ts';
import { asksForHelp, type Command, UsageError } from './command.ts';
import { COMMANDS } from './commands.ts';
import { helpOf, overviewOf, PROGRAM } from './help.ts';

/** The command that runs if the arguments name no command. */
const DEFAULT = 'start';

/** The exit code if the arguments are invalid. */
const USAGE_EXIT_CODE = 2;

/**
 * Runs the command that the arguments name. Resolves with the exit code, or with `undefined` if the process is to keep running. Runs no
 * command if the arguments are invalid.
 */
export async function runCommandLine(args: readonly string[]): Promise<number | undefined> {
  const [first = ''] = args;
  if (first === '--version') return print(`${VERSION}\n`);
  const isNamed = first !== '' && !first.startsWith('-');
  if (!isNamed && asksForHelp(args)) return print(overviewOf(COMMANDS));
  const name = isNamed ? first : DEFAULT;
  const rest = isNamed ? args.slice(1) : args;
  try {
    const command = find(name);
    return await (asksForHelp(rest) ? print(helpOf(name, command)) : command.run(rest));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const help = COMMANDS.has(name) ? `${PROGRAM} ${name} --help` : `${PROGRAM} --help`;
    process.stderr.write(`${error.message}\nFor help, run: ${help}\n`);
    return USAGE_EXIT_CODE;
  }
}

function find(name: string): Command {
  const command = COMMANDS.get(name);
  if (command !== undefined) return command;
  const names = [...COMMANDS.keys()].join(', ');
  throw new UsageError(`${JSON.stringify(name)} is not a command. The commands are ${names}.`);
}

function print(text: string): 0 {
  process.stdout.write(text);
  return 0;
}
