import { readdirSync, readFileSync } from 'node:fs';

/**
 * The folder of the project, which contains the schema, the operations and the recordings. The relative path works from both src and dist,
 * because both are direct subfolders of the project.
 */
export const PROJECT = new URL('../', import.meta.url);

// The build of the library replaces both functions below. The replacements return file contents that are embedded in the built code. So a
// bundler can move the built code.

/** Returns the text of a file of the project. `path` is relative to the folder of the project. */
export const readProjectFile = (path: string): string => readFileSync(new URL(path, PROJECT), 'utf8');

/** Returns the sorted names of the files and folders in a folder of the project. `path` ends with a slash. */
export const listProjectFolder = (path: string): readonly string[] => readdirSync(new URL(path, PROJECT)).toSorted();
