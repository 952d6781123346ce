/**
 * Classifies what a visitor has entered as the client key. `client`: the input can be a client key. `runpod`: the input is a RunPod key,
 * which must stay secret. `invalid`: a header cannot contain the input.
 */
export function kindOfKey(text: string): 'client' | 'runpod' | 'invalid' {
  if (/^rpa_/i.test(text)) return 'runpod';
  return /^[\x21-\x7e]+$/.test(text) ? 'client' : 'invalid';
}
