/** Builds dist if it is incomplete or older than its sources: part of `npm start` in a clone. */
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The files and folders that a build depends on. */
const SOURCES = ['fixtures', 'operations', 'schema', 'src', 'package-lock.json', 'tsconfig.json'].concat(
  readdirSync('.').filter((file) => file.startsWith('vite.')),
);

/** One file of each build. The builds run one after the other. */
const BUILT = ['dist/cli.js', 'dist/board/index.html', 'dist/library.js'];

/** Returns when a file was last modified, in milliseconds; 0 if there is none. */
const modifiedAt = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Returns a file or folder, and everything in it. The time of a folder changes when a file in it is added or removed. */
const withContent = (file) =>
  statSync(file).isDirectory()
    ? [file, ...readdirSync(file, { recursive: true }).map((name) => join(file, name))]
    : [file];

const builtAt = Math.min(...BUILT.map(modifiedAt));
const isStale = SOURCES.flatMap(withContent).some((source) => modifiedAt(source) > builtAt);
if (isStale) execFileSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 2, 2] });
