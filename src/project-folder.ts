/** Holds the schema, the operations and the recordings. Both src and dist stand in it, and what is built stands in dist itself. */
export const PROJECT = new URL('../', import.meta.url);
