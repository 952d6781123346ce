import { defineConfig, type UserConfig } from 'vite';
import { library } from './vite.library.ts';

/** Lists the packages that a build contains, with their licences. `npm run licences` reads the lists. */
const license = { fileName: 'licences.json' };

/**
 * The board (the gateway's web page), built from src/board to dist/board. Without arguments, `vite` serves the board and forwards its
 * queries to a running gateway.
 */
const board: UserConfig = {
  root: 'src/board',
  base: '/',
  // Tests set NODE_ENV. Without `development: false`, a build that a test starts would contain the source position of every element.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
  plugins: [
    {
      // Removes the code of graphql-sse for a shared connection. The board opens a connection for each subscription, so it does not need
      // that code.
      name: 'no-single-connection-mode',
      transform: (code, id) =>
        id.includes('/graphql-sse/')
          ? code.replace('singleConnection = false,', '').replaceAll('singleConnection', 'false')
          : null,
    },
  ],
  build: {
    outDir: '../../dist/board',
    // Keeps the previous board during the build. So a gateway that starts during the build finds a complete board.
    emptyOutDir: false,
    license,
    target: 'es2023',
    // These browsers support the CSS function light-dark(), so Vite does not replace it with longer code.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    assetsDir: 'assets',
    // The page's content security policy forbids images in data: URLs.
    assetsInlineLimit: 0,
    modulePreload: false,
  },
  server: { proxy: { '/graphql': 'http://127.0.0.1:4000' } },
};

/** The gateway's programs, built from src to dist with all packages that they use. They run without node_modules. */
const programs: UserConfig = {
  ssr: { noExternal: true },
  plugins: [
    {
      // Omits the source maps of packages, because they are large and Node reads them when it starts. Stack traces show the built code of
      // packages.
      name: 'no-source-maps-of-packages',
      transform: (code, id) => (id.includes('/node_modules/') ? { code, map: { mappings: '' } } : null),
    },
  ],
  build: {
    ssr: true,
    emptyOutDir: false,
    license,
    target: 'node20',
    sourcemap: true,
    reportCompressedSize: false,
    rolldownOptions: {
      input: ['src/cli.ts', 'src/main.ts'],
      // All chunks are in one folder, because the code finds the project's folder relative to its own file.
      output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
    },
  },
};

export default defineConfig(({ isSsrBuild, mode }) => {
  if (mode === 'library') return library;
  return isSsrBuild === true ? programs : board;
});
