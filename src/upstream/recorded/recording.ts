import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { PROJECT } from '../../project-folder.ts';

const LowestPriceSchema = z.looseObject({ availableGpuCounts: z.array(z.number().nullable()).nullable() });

const RecordingSchema = z.object({
  recordedAt: z.iso.datetime(),
  gpuTypes: z.array(z.looseObject({ id: z.string().nullable() })),
  dataCenters: z.array(z.looseObject({ id: z.string().nullable() })),
  lowestPrices: z.array(z.object({ gpuTypeId: z.string(), dataCenterId: z.string(), lowestPrice: LowestPriceSchema })),
});

/** Answers of RunPod's GraphQL API at one moment, for pods of one GPU on secure cloud. */
export type Recording = z.infer<typeof RecordingSchema>;

/** RunPod's answer about one cell. */
export type RecordedPrice = z.infer<typeof LowestPriceSchema>;

/** The files in the folder of a recording. The README beside the recordings describes their contents. */
export const RECORDING_FILES = {
  about: 'recording.json',
  gpuTypes: 'gpu-types.json',
  dataCenters: 'data-centers.json',
  lowestPrices: 'lowest-prices.json',
} as const;

/** The folder of all recordings. Each recording is in a subfolder that is named after its day. */
export const RECORDINGS = new URL('fixtures/runpod/', PROJECT);

/**
 * Reads the newest recording.
 * @throws if no recording exists, or if its files do not have the expected shape.
 */
export function readNewestRecording(): Recording {
  const days = readdirSync(RECORDINGS, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const newest = days
    .map(({ name }) => name)
    .toSorted()
    .at(-1);
  if (newest === undefined)
    throw new Error(`There is no recording in ${RECORDINGS.pathname}. Run npm run record to make one.`);
  return readRecording(new URL(`${newest}/`, RECORDINGS));
}

/**
 * Reads the recording in `folder`, a URL that ends with a slash.
 * @throws when its files do not have the expected shape.
 */
export function readRecording(folder: URL): Recording {
  const read = (file: string): Record<string, unknown> => JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
  return RecordingSchema.parse({
    ...read(RECORDING_FILES.about),
    ...Object(read(RECORDING_FILES.gpuTypes)['data']),
    ...Object(read(RECORDING_FILES.dataCenters)['data']),
    ...read(RECORDING_FILES.lowestPrices),
  });
}
