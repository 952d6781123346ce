import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ConcreteRequest, ReaderFragment } from 'relay-runtime';

const require = createRequire(import.meta.url);
const RELAY_COMPILER = require.resolve('relay-compiler/cli.js');

/** The source files of a project that uses Relay. Relay requires that the name of an operation begins with the name of its file. */
const SOURCES = {
  'cheapest.js': `graphql\`query cheapestQuery($minMemoryGb: Int!, $first: Int) {
    gpuAvailability(filter: { minMemoryGb: $minMemoryGb }, orderBy: { field: PRICE }, first: $first) { nodes { id stock } } }\`;`,
  'parts.js': `graphql\`query partsQuery { gpuAvailability(gpuType: "RTX 4090") {
    nodes @stream(initialCount: 1, label: "rows") { id stock } ...partsTotals @defer(label: "totals") } }\`;
graphql\`fragment partsTotals on GpuAvailabilityReport { totalCount }\`;`,
  'news.js':
    'graphql`subscription newsSubscription { gpuAvailabilityChanged(gpuType: "L4") { id kind after { id stock } } }`;',
};

/** The file to which the compiler writes the texts of persisted operations, by their SHA-256. */
const PERSISTED = 'persisted_queries.json';
const PERSIST_CONFIG = { file: `./${PERSISTED}`, algorithm: 'SHA256' };

/** Compiles `SOURCES` with relay-compiler and the schema at `schemaUrl`. */
export async function compileWithRelay(schemaUrl: string, { isPersisted }: { readonly isPersisted: boolean }) {
  const folder = await mkdtemp(join(tmpdir(), 'relay-'));
  const schema = await (await fetch(schemaUrl)).text();
  const config = {
    src: '.',
    schema: './schema.graphql',
    language: 'javascript',
    ...(isPersisted && { persistConfig: PERSIST_CONFIG }),
  };
  const files = {
    ...SOURCES,
    'schema.graphql': schema,
    'relay.config.json': JSON.stringify(config),
    ...(isPersisted && { [PERSISTED]: '{}' }),
  };
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
  await promisify(execFile)(process.execPath, [RELAY_COMPILER], { cwd: folder });
  const load = async (name: string) =>
    (await import(/* @vite-ignore */ join(folder, '__generated__', `${name}.graphql.js`))).default;
  return {
    operation: (name: string): Promise<ConcreteRequest> => load(name),
    fragment: (name: string): Promise<ReaderFragment> => load(name),
    /** Resolves to the texts of the persisted operations, by their SHA-256. */
    persistedTexts: async (): Promise<Readonly<Record<string, string>>> =>
      JSON.parse(await readFile(join(folder, PERSISTED), 'utf8')),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
