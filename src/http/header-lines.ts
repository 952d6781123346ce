/** Headers as alternating names and values, the form that Node's `writeHead` accepts. */
export type HeaderLines = readonly (string | number)[];

/** No headers. */
export const NO_LINES: HeaderLines = [];
