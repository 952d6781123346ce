import { readdirSync, readFileSync } from 'node:fs';
import type { Plugin, UserConfig } from 'vite';

/**
 * The library, built from src/library to dist with `vite build --mode library`. The build includes all packages that the library uses,
 * except graphql. A program that embeds the library has its own copy of graphql, and objects of two copies are not compatible.
 */
export const library: UserConfig = {
  ssr: { noExternal: true },
  plugins: [embedProjectFiles(), keepGlobals(), silenceDebug(), publishTypes()],
  build: {
    ssr: true,
    emptyOutDir: false,
    license: { fileName: 'library-licences.json' },
    target: 'node20',
    reportCompressedSize: false,
    rolldownOptions: {
      input: { library: 'src/library/library.ts', subgraph: 'src/library/subgraph.ts' },
      external: [/^graphql(?:\/|$)/],
      output: { entryFileNames: '[name].js', chunkFileNames: 'library-[name].js' },
    },
  },
};

/** The folders whose files the library reads. */
const EMBEDDED = ['schema/', 'operations/clients/', 'fixtures/runpod/'];

/** Replaces the functions that read the project's files. The new functions return texts that the built file contains. */
function embedProjectFiles(): Plugin {
  return {
    name: 'embed-project-files',
    load(id) {
      if (!id.endsWith('/src/project-folder.ts')) return null;
      const paths = EMBEDDED.flatMap((folder) =>
        readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}${name}`),
      ).filter((path) => /\/(?!evidence)[^/]*\.(?:graphqls?|json)$/.test(path));
      const files = Object.fromEntries(paths.map((path) => [path, readFileSync(path, 'utf8')]));
      return `
        const FILES = ${JSON.stringify(files)};
        export const PROJECT = new URL('file:///');
        export const readProjectFile = (path) => FILES[path];
        export const listProjectFolder = (folder) =>
          [...new Set(Object.keys(FILES).flatMap((path) => path.startsWith(folder) ? path.slice(folder.length).split('/', 1) : []))].sort();
      `;
    },
  };
}

/**
 * Conditions in the code of packages, by file. Where such a condition is true, the package changes a global: undici sets the dispatcher of
 * the host's own `fetch`, and urlpattern-polyfill defines `URLPattern`. The library needs neither change.
 */
const CONDITIONS = [
  { file: /\/undici\/lib\/global\.js$/, condition: 'getGlobalDispatcher() === undefined' },
  { file: /\/urlpattern-polyfill\/index\.c?js$/, condition: '!globalThis.URLPattern' },
];

/** Replaces each condition in `CONDITIONS` with `false`, so that the library changes nothing global. */
function keepGlobals(): Plugin {
  return {
    name: 'keep-globals',
    transform(code, id) {
      const found = CONDITIONS.find(({ file }) => file.test(id));
      if (found === undefined) return null;
      if (!code.includes(found.condition)) this.error(`${id} does not contain the condition ${found.condition}`);
      return code.replace(found.condition, 'false');
    },
  };
}

/**
 * Replaces the package `debug` with one that prints nothing. If the host sets DEBUG=*, ioredis would print the password of Redis with
 * `debug`. No other package in the library uses `debug`.
 */
function silenceDebug(): Plugin {
  let isSilent = false;
  return {
    name: 'silence-debug',
    transform(_code, id) {
      if (!id.endsWith('/node_modules/debug/src/index.js')) return null;
      isSilent = true;
      return 'exports.default = () => () => {};';
    },
    buildEnd(error) {
      if (error === undefined && !isSilent)
        this.error('The package debug was not found, so ioredis may print passwords.');
    },
  };
}

/**
 * Publishes the type declarations of both entry points by copying their source files. These files contain only declarations and import only
 * graphql, so they need not be compiled.
 */
function publishTypes(): Plugin {
  return {
    name: 'publish-types',
    generateBundle() {
      for (const entry of ['library', 'subgraph']) {
        const source = readFileSync(`src/library/${entry}-types.ts`, 'utf8');
        this.emitFile({ type: 'asset', fileName: `${entry}.d.ts`, source });
      }
    },
  };
}
