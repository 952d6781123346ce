import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { createGateway } from '../support/gateway.ts';
import { program } from '../support/start.ts';

async function printSchema(...options: readonly string[]) {
  const [command = '', ...args] = program('cli', 'schema', ...options);
  const printer = spawn(command, args);
  const [output, errors, [code]] = await Promise.all([
    text(printer.stdout),
    text(printer.stderr),
    once(printer, 'close'),
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
    expect([output, code]).toEqual(['', 2]);
    expect(errors).toContain(option);
  });
});
