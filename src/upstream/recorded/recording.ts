import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { listProjectFolder, PROJECT, readProjectFile } from '../../project-folder.ts';

const LowestPriceSchema = z.looseObject({ availableGpuCounts: z.array(z.number().nullable()).nullable() });

const RecordingSchema = z.object({
  recordedAt: z.iso.datetime(),
  gpuTypes: z.array(z.looseObject({ id: z.string().nullable() })),
  dataCenters: z.array(z.looseObject({ id: z.string().nullable() })),
  lowestPrices: z.array(z.object({ gpuTypeId: z.string(), dataCenterId: z.string(), lowestPrice: LowestPriceSchema })),
});

/** A recording: the answers of RunPod's GraphQL API at one moment, for pods with one GPU on RunPod's secure cloud. */
export type Recording = z.infer<typeof RecordingSchema>;

/** RunPod's answer about one GPU type in one data center. */
export type RecordedPrice = z.infer<typeof LowestPriceSchema>;

/** The files in the folder of a recording. The README beside the recordings describes their contents. */
export const RECORDING_FILES = {
  about: 'recording.json',
  gpuTypes: 'gpu-types.json',
  dataCenters: 'data-centers.json',
  lowestPrices: 'lowest-prices.json',
} as const;

const FOLDER = 'fixtures/runpod/';

/** The folder of all recordings. Each recording is in a subfolder whose name is the date of the recording. */
export const RECORDINGS = new URL(FOLDER, PROJECT);

/** Matches the name of a recording's folder, which is a date. */
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Reads the newest recording.
 * @throws if no recording exists, or if its files do not have the expected shape.
 */
export function readNewestRecording(): Recording {
  const newest = listProjectFolder(FOLDER)
    .filter((name) => DAY.test(name))
    .at(-1);
  if (newest === undefined)
    throw new Error(
      `There is no recording in ${RECORDINGS.pathname}. Make one with the command record, and set RECORDING to its folder.`,
    );
  return parseRecording((file) => readProjectFile(`${FOLDER}${newest}/${file}`));
}

/**
 * Reads the recording in `folder`, a URL that ends with a slash.
 * @throws when its files do not have the expected shape.
 */
export function readRecording(folder: URL): Recording {
  return parseRecording((file) => readFileSync(new URL(file, folder), 'utf8'));
}

function parseRecording(readText: (file: string) => string): Recording {
  const read = (file: string): Record<string, unknown> => JSON.parse(readText(file));
  return RecordingSchema.parse({
    ...read(RECORDING_FILES.about),
    ...Object(read(RECORDING_FILES.gpuTypes)['data']),
    ...Object(read(RECORDING_FILES.dataCenters)['data']),
    ...read(RECORDING_FILES.lowestPrices),
  });
}
