import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { createGateway } from '../support/gateway.ts';

/** Runs the program of `npm run schema`. */
async function printSchema(...options: readonly string[]) {
  const program = spawn(process.execPath, ['--import', 'tsx', 'src/cli/print-schema.ts', ...options]);
  const [output, errors, [code]] = await Promise.all([
    text(program.stdout),
    text(program.stderr),
    once(program, 'close'),
  ]);
  return { output, errors, code };
}

describe('npm run schema', () => {
  it('prints the SDL of the subgraph with --subgraph', async () => {
    const { data } = await createGateway().ask('{ _service { sdl } }');
    expect(await printSchema('--subgraph')).toEqual({ output: `${data['_service'].sdl}\n`, errors: '', code: 0 });
  });

  it.each(['--subgraf', 'subgraph'])('rejects the option %j and prints no schema', async (option) => {
    const { output, errors, code } = await printSchema(option);
    expect([output, code]).toEqual(['', 1]);
    expect(errors).toMatch(new RegExp(`^[^\n]*'${option}'[^\n]*\n$`));
  });
});
