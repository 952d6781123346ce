/**
 * The folder with the schema, the operations and the recordings. This path works from src and from dist, because both are direct subfolders
 * of the project.
 */
export const PROJECT = new URL('../', import.meta.url);
