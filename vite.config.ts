import { defineConfig, type UserConfig } from 'vite';
import { library } from './vite.library.ts';

/** Lists the packages that a build contains, with their licences. `npm run licences` reads the lists. */
const license = { fileName: 'licences.json' };

/** The board, built from src/board to dist/board. `vite` by itself serves it in front of a running gateway. */
const board: UserConfig = {
  root: 'src/board',
  base: '/',
  // Without `development`, a build that a test starts would contain the places of all elements in the source, because of its NODE_ENV.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
  plugins: [
    {
      // The board opens a connection for each subscription. The code of graphql-sse for a shared connection is larger than the code it needs.
      name: 'no-single-connection-mode',
      transform: (code, id) =>
        id.includes('/graphql-sse/')
          ? code.replace('singleConnection = false,', '').replaceAll('singleConnection', 'false')
          : null,
    },
  ],
  build: {
    outDir: '../../dist/board',
    // A gateway that starts during the build finds a complete board: the previous one.
    emptyOutDir: false,
    license,
    target: 'es2023',
    // These browsers support light-dark(), so Vite does not replace it by a longer form.
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
      // Node reads source maps as it starts, and those of packages are large. A stack trace shows packages as they are in dist.
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
      // All chunks are in one folder, because code finds the project's folder by its own place.
      output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
    },
  },
};

export default defineConfig(({ isSsrBuild, mode }) => {
  if (mode === 'library') return library;
  return isSsrBuild === true ? programs : board;
});
