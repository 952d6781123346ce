import { defineConfig, type UserConfig } from 'vite';

/** The board: from src/board to dist/board, whose assets are named by their content. `vite` alone serves it before a gateway. */
const board: UserConfig = {
  root: 'src/board',
  base: '/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../dist/board',
    // A gateway that starts meanwhile finds a whole board, be it the one of before.
    emptyOutDir: false,
    target: 'es2023',
    // Browsers that know light-dark(), which would else be written in a longer way.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    assetsDir: 'assets',
    // Its policy lets the page take no picture out of a text.
    assetsInlineLimit: 0,
    modulePreload: false,
  },
  server: { proxy: { '/graphql': 'http://127.0.0.1:4000' } },
};

/** The gateway's programs: from src to dist, each in one file with all packages that it always needs. */
const programs: UserConfig = {
  ssr: { noExternal: true },
  plugins: [
    {
      // Node reads maps as it starts, and those of packages are large. Their own lines are to be read as they are.
      name: 'maps-of-our-own',
      transform: (code, id) => (id.includes('/node_modules/') ? { code, map: { mappings: '' } } : null),
    },
  ],
  build: {
    ssr: true,
    emptyOutDir: false,
    target: 'node20',
    sourcemap: true,
    reportCompressedSize: false,
    rolldownOptions: {
      input: ['src/main.ts', 'src/cli/doctor.ts', 'src/cli/compare.ts', 'src/cli/record.ts'],
      // All of it in the folder that the programs are in, seen from which they find the project's.
      output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
    },
  },
};

export default defineConfig(({ isSsrBuild }) => (isSsrBuild === true ? programs : board));
