import { REGIONS, SIZES } from './moving-world.ts';
import { type Question, truthOf } from './plan.ts';
import { cellOf, type Report, type Row } from './verdict.ts';
import { indexStock, type Level, podPrice, type World } from './world.ts';

/** The true state of a cell (a GPU type in a data center) at one moment. */
export interface CellTruth {
  readonly stock: Level;
  /** The price of a pod in US dollars per hour; `null` when the cell is sold out. */
  readonly perPod: number | null;
  /** The pod sizes that are in stock. */
  readonly sizes: readonly number[];
}

interface Version extends CellTruth {
  /** The time from which this state is true, by the clock of the gateway. */
  readonly from: number;
}

/** The history of the true states of all cells. Times are in milliseconds by the clock of the gateway. */
export type Truth = ReturnType<typeof createTruth>;

/** Creates an empty history of the true states of all cells. `now` is the clock of the gateway, in milliseconds. */
export function createTruth(now: () => number) {
  const versions = new Map<string, Version[]>();
  /** The recorded times at which no request to RunPod was in flight. */
  const idles: number[] = [];
  let names: readonly Row[] = [];

  const held = (cell: string, since: number, until: number): readonly CellTruth[] => {
    const all = versions.get(cell) ?? [];
    return all.filter(({ from }, index) => from <= until && (all[index + 1]?.from ?? Infinity) >= since);
  };

  /**
   * Returns all states that a cell had during the request that observed the cell. The request was sent at `observedAt`. It ended no later
   * than `until`, and no later than the next recorded moment without requests in flight.
   */
  function heldWhenAsked(cell: string, observedAt: string, until = now()): readonly CellTruth[] {
    const since = Date.parse(observedAt);
    const idle = idles.findLast((at, index) => at > since && (idles[index - 1] ?? -Infinity) <= since);
    return held(cell, since, Math.min(until, idle ?? until));
  }

  const latest = (cell: string): CellTruth => versions.get(cell)?.at(-1) ?? { stock: 'NONE', perPod: null, sizes: [] };

  /** Returns the correct row for the cell `name` of a report. `shown` is the row that the report contains for the cell. */
  function rightRow(name: Row, shown: Row | undefined, { freshness }: Report, until: number): Row {
    const cell = cellOf(name);
    if (shown === undefined) {
      const all = held(cell, Date.parse(freshness.observedAt ?? '') || 0, until);
      return { ...name, available: !all.some(({ stock }) => stock === 'NONE') };
    }
    if (shown.observedAt === null) return name;
    const all = heldWhenAsked(cell, shown.observedAt, until);
    const right = all.find((version) => isSameStock(shown, version)) ?? all.at(-1) ?? latest(cell);
    return { ...name, ...toRow(right, name.gpuCount), ...rightSpot(shown, cell, until) };
  }

  /**
   * Returns the spot price and the pod sizes that a row should contain: `null` for both if they were not observed. Otherwise, returns the
   * row's own values if they were true at some time during the request to RunPod that observed them, else values that were true.
   */
  function rightSpot({ spotPrice, availableGpuCounts, spotObservedAt, gpuCount }: Row, cell: string, until: number) {
    if (spotObservedAt === null) return { spotPrice: null, availableGpuCounts: null };
    const all = heldWhenAsked(cell, spotObservedAt, until).map((version) => ({
      spotPrice: version.perPod === null ? null : toPrice(version.perPod / 2, gpuCount),
      availableGpuCounts: version.sizes,
    }));
    const said = JSON.stringify([spotPrice, availableGpuCounts]);
    const isSaid = (right: (typeof all)[number]) =>
      JSON.stringify([right.spotPrice, right.availableGpuCounts]) === said ||
      // A missing spot price is correct too. The gateway hides a bid that is not below the on-demand price, and the on-demand price may
      // have changed since the bid was read.
      JSON.stringify([null, right.availableGpuCounts]) === said;
    return all.some(isSaid) ? { spotPrice, availableGpuCounts } : (all.at(-1) ?? {});
  }

  return {
    /** Records the world that is true from now on. */
    note(world: World) {
      const levelOf = indexStock(world);
      const from = now();
      names = namesOf(world);
      for (const { gpuType, dataCenter, gpuCount } of names) {
        const cell = cellOf({ gpuType, dataCenter, gpuCount });
        const price = world.gpuTypes.find(({ id }) => id === gpuType.id)?.price.secure ?? 0;
        const stock = levelOf(gpuType.id, dataCenter.id, gpuCount);
        const sizes = SIZES.filter((size) => levelOf(gpuType.id, dataCenter.id, size) !== 'NONE');
        const perPod = stock === 'NONE' ? null : podPrice(price, gpuCount);
        const all = versions.get(cell) ?? [];
        if (JSON.stringify({ ...all.at(-1), from }) !== JSON.stringify({ stock, perPod, sizes, from }))
          versions.set(cell, [...all, { stock, perPod, sizes, from }]);
      }
    },
    /** Records that no request to RunPod is in flight at this moment. */
    idle: () => void idles.push(now()),
    heldWhenAsked,
    latest,
    /** Returns one row for each cell. The rows only identify the cells, and contain no stock. */
    names: () => names,
    /** Returns the correct rows of a report. They depend on the times at which the rows of the report were observed. */
    rightRows: (question: Question, report: Report): readonly Row[] => {
      const shown = new Map(report.nodes.map((row) => [cellOf(row), row]));
      const until = now();
      return truthOf(names, question).map((name) => rightRow(name, shown.get(cellOf(name)), report, until));
    },
  };
}

/** Returns whether a row has the same stock and the same on-demand price as the true state of a cell. */
export const isSameStock = (
  row: Pick<Row, 'stock'> & { readonly onDemandPrice: { readonly perGpu: number } | null; readonly gpuCount: number },
  { stock, perPod }: CellTruth,
) => row.stock === stock && (row.onDemandPrice?.perGpu ?? null) === (perPod === null ? null : perPod / row.gpuCount);

const toPrice = (perPod: number, gpuCount: number) => ({ perGpu: perPod / gpuCount, perPod });

const toRow = ({ stock, perPod }: CellTruth, gpuCount: number) => ({
  stock,
  available: stock !== 'NONE',
  onDemandPrice: perPod === null ? null : toPrice(perPod, gpuCount),
});

function namesOf({ gpuTypes, dataCenters }: World): readonly Row[] {
  return gpuTypes.flatMap((gpuType) =>
    dataCenters.flatMap((place) =>
      SIZES.map(
        (gpuCount): Row => ({
          ...UNKNOWN,
          gpuCount,
          gpuType: { id: gpuType.id },
          dataCenter: { id: place.id, region: REGIONS[place.id] ?? 'UNKNOWN' },
        }),
      ),
    ),
  );
}

const UNKNOWN = {
  available: null,
  stock: 'UNKNOWN',
  onDemandPrice: null,
  spotPrice: null,
  availableGpuCounts: null,
  spotObservedAt: null,
  observedAt: null,
  stale: false,
} as const;
