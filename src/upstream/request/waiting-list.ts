import { createRotation, type Rotation } from './rotation.ts';

/** The end of the waiting list at which an entry is added. Entries at the front start before all others. */
export type End = 'front' | 'back';

/** The list of entries that wait for a slot, and the rotation that decides which client gets the next slot. */
export class WaitingList<Entry> {
  readonly rotation: Rotation = createRotation();
  readonly #entries: Entry[] = [];

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  add(entry: Entry, end: End): void {
    if (end === 'front') this.#entries.unshift(entry);
    else this.#entries.push(entry);
  }

  /** Removes the entry if it is in the list. */
  remove(entry: Entry): void {
    const index = this.#entries.indexOf(entry);
    if (index >= 0) this.#entries.splice(index, 1);
  }
}
