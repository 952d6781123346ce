import { pathToFileURL } from 'node:url';
import { type Config, ConfigError } from '../config.ts';
import { type Recording, readNewestRecording, readRecording } from '../upstream/recorded/recording.ts';

/**
 * Reads the recording in the folder that the setting RECORDING names. Without this setting, reads the newest recording that belongs to the
 * gateway.
 * @throws {ConfigError} if the folder contains no valid recording.
 */
export function readConfiguredRecording({ upstream: { recording } }: Config): Recording {
  if (recording === undefined) return readNewestRecording();
  try {
    return readRecording(pathToFileURL(`${recording}/`));
  } catch (error) {
    const { code = 'its files do not have the expected form' } = error as NodeJS.ErrnoException;
    throw new ConfigError([
      `RECORDING is ${JSON.stringify(recording)}; it must be a folder that the command record has written (${code})`,
    ]);
  }
}
