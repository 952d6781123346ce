/**
 * The folder of the project, which contains the schema, the operations and the recordings. The relative path works from both src and dist,
 * because both are direct subfolders of the project.
 */
export const PROJECT = new URL('../', import.meta.url);
