import { readFileSync } from 'node:fs';

/** An instruction: its name, such as COPY, and the rest of its line. */
interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** A build stage of the Dockerfile. The last stage has no name. */
export interface Stage {
  readonly name: string | null;
  readonly image: string;
  readonly instructions: readonly Instruction[];
}

/** Returns the build stages of the Dockerfile, in order. */
export function readStages(): readonly Stage[] {
  const lines = readFileSync('Dockerfile', 'utf8')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const stages: { name: string | null; image: string; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    const [, image = '', stage = null] =
      (name === 'FROM' && /^(?:--platform=\S+ )?(\S+)(?: AS (\S+))?$/.exec(rest)) || [];
    if (name === 'FROM') stages.push({ name: stage, image, instructions: [] });
    else stages.at(-1)?.instructions.push({ name, rest });
  }
  return stages;
}

/**
 * Returns the COPY instructions of a stage. `from` is the stage from which an instruction copies, or `null` if it copies from the project.
 */
export function copiesOf({ instructions }: Stage) {
  return instructions
    .filter(({ name }) => name === 'COPY')
    .map(({ rest }) => {
      const [, from = null, paths = ''] = /^(?:--from=(\S+) )?(.*)$/.exec(rest) ?? [];
      const names = paths.split(' ');
      return { from, sources: names.slice(0, -1), target: names.at(-1) ?? '' };
    });
}

/** Returns the command of the instruction `name`, such as CMD. The Dockerfile must contain the command as JSON. */
export function commandOf({ instructions }: Stage, name: string): readonly string[] {
  const { rest = '' } = instructions.find((instruction) => instruction.name === name) ?? {};
  return JSON.parse(rest.slice(rest.indexOf('[')));
}
