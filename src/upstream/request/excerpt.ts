/**
 * Returns the beginning of a text from RunPod for the log, at most `length` characters. The text is cut between two words, because the log
 * can find and redact only complete secrets.
 */
export const excerpt = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length).replace(/[^\s"'<>]*$/, '')}…`;
