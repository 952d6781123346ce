/**
 * Classifies a text that a visitor has entered as the client key. `client`: the text can be a client key. `runpod`: the text is a key of
 * RunPod, which must stay secret. `invalid`: a header cannot contain the text.
 */
export function kindOfKey(text: string): 'client' | 'runpod' | 'invalid' {
  if (/^rpa_/i.test(text)) return 'runpod';
  return /^[\x21-\x7e]+$/.test(text) ? 'client' : 'invalid';
}
