import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildClientSchema, buildSchema, getIntrospectionQuery } from 'graphql';
import { describe, expect, it } from 'vitest';
import { printPublicSchema } from '../src/graphql/schema.ts';
import { createGateway } from './support/gateway.ts';

const require = createRequire(import.meta.url);
const RELAY_COMPILER = require.resolve('relay-compiler/cli.js');

/**
 * JavaScript files with operations for the Relay compiler. Relay requires that the name of an operation begins with the name of its file.
 */
const SOURCES = {
  'matrix.js': `graphql\`query matrixQuery { gpuAvailability { nodes @stream(initialCount: 1) { id stock } ...matrixTotals @defer } }\`;
graphql\`fragment matrixTotals on GpuAvailabilityReport { totalCount coverage { complete } }\`;`,
  'news.js': 'graphql`subscription newsSubscription { gpuAvailabilityChanged { id kind after { id stock } } }`;',
};

async function createProject(schema: string) {
  const folder = await mkdtemp(join(tmpdir(), 'relay-'));
  const config = { src: '.', schema: './schema.graphql', language: 'javascript' };
  const files = { ...SOURCES, 'schema.graphql': schema, 'relay.config.json': JSON.stringify(config) };
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

describe('the printed schema', () => {
  it('is accepted by the Relay compiler, with @defer, @stream and subscriptions', async () => {
    await using project = await createProject(printPublicSchema());
    await promisify(execFile)(process.execPath, [RELAY_COMPILER], { cwd: project.folder });
    const generated = join(project.folder, '__generated__');
    const names = await readdir(generated);
    expect(names.toSorted()).toEqual([
      'matrixQuery.graphql.js',
      'matrixTotals.graphql.js',
      'newsSubscription.graphql.js',
    ]);
    expect(await readFile(join(generated, 'matrixQuery.graphql.js'), 'utf8')).toMatch(/"kind": "Defer"/);
  });

  it('defines the directives of the executable schema, with the same arguments', async () => {
    const { data } = await createGateway().ask(getIntrospectionQuery());
    const gateway = buildClientSchema(data);
    const printed = buildSchema(printPublicSchema());
    const argumentsOf = (schema: typeof printed, name: string) =>
      schema.getDirective(name)?.args.map((argument) => [argument.name, String(argument.type), argument.defaultValue]);
    for (const name of ['defer', 'stream']) {
      expect(argumentsOf(printed, name)).toEqual(argumentsOf(gateway, name));
      expect(printed.getDirective(name)?.locations).toEqual(gateway.getDirective(name)?.locations);
    }
  });
});
