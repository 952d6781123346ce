/**
 * The beginning of what RunPod sent, for a log that knows a secret only as a whole: it is cut between words, so that half a
 * secret is not left over.
 */
export const excerpt = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length).replace(/[^\s"'<>]*$/, '')}…`;
