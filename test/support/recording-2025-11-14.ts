import { RECORDINGS, readRecording } from '../../src/upstream/recorded/recording.ts';

/** The recording that the tests are about, whichever is the newest. */
export const readRecording20251114 = () => readRecording(new URL('2025-11-14/', RECORDINGS));
