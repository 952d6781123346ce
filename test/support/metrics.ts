/** A gateway, or anything else that serves metrics. */
interface Metered {
  readonly get: (path: string) => Promise<{ readonly body: string }>;
}

/** Resolves to the values of all samples in /metrics. The key of a sample is its name with its labels. */
export async function samplesOf(gateway: Metered): Promise<Record<string, number>> {
  return samplesIn((await gateway.get('/metrics')).body);
}

/** Returns the values of all samples in the text of /metrics, in either format. The key of a sample is its name with its labels. */
export function samplesIn(text: string): Record<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  );
}

/** Returns the samples whose key begins with `start`, with this prefix removed from their keys. */
export const pick = (samples: Record<string, number>, start: string) =>
  Object.fromEntries(
    Object.entries(samples)
      .filter(([name]) => name.startsWith(start))
      .map(([name, value]) => [name.slice(start.length), value]),
  );
