/**
 * The first `length` characters of a text from RunPod, for the log. The log redacts only complete secrets, so the text is cut between
 * words: half a secret would not be recognised.
 */
export const excerpt = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length).replace(/[^\s"'<>]*$/, '')}…`;
