import { pathToFileURL } from 'node:url';
import { type Config, ConfigError } from '../config.ts';
import { type Recording, readNewestRecording, readRecording } from '../upstream/recorded/recording.ts';

/**
 * Reads the recording in the folder that the setting RECORDING names. Without this setting, reads the newest recording that comes with the
 * gateway.
 * @throws {ConfigError} if the folder contains no valid recording.
 */
export function readConfiguredRecording({ upstream: { recording } }: Config): Recording {
  if (recording === undefined) return readNewestRecording();
  try {
    return readRecording(pathToFileURL(`${recording}/`));
  } catch (error) {
    const { code = 'its files do not have the expected form' } = error as NodeJS.ErrnoException;
    // The message does not contain the value of RECORDING, because somebody may have entered a secret key there by mistake.
    throw new ConfigError([`RECORDING does not name a folder that the command record has written (${code})`]);
  }
}
