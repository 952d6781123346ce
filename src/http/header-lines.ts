/** Names and values of headers in turn, as Node's `writeHead` takes them. */
export type HeaderLines = readonly (string | number)[];

/** No headers. */
export const NO_LINES: HeaderLines = [];
