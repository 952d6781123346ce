/**
 * Returns what a text is that a visitor has entered as the client key: `client` if it can be one, `runpod` if it is a key of RunPod, which
 * must stay secret, and `invalid` if a header cannot contain it.
 */
export function kindOfKey(text: string): 'client' | 'runpod' | 'invalid' {
  if (/^rpa_/i.test(text)) return 'runpod';
  return /^[\x21-\x7e]+$/.test(text) ? 'client' : 'invalid';
}
