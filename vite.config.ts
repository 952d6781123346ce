import { defineConfig } from 'vite';

/** The board: from src/board to dist/board, whose assets are named by their content. `vite` alone serves it before a gateway. */
export default defineConfig({
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
});
