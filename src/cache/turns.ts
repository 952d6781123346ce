/** Runs a task after all earlier tasks of the same key have ended. Resolves or rejects as the task does. */
export type InTurn = <T>(key: string, task: () => Promise<T>) => Promise<T>;

/** Creates a function that runs the tasks of each key one after another. */
export function createTurns(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return (key, task) => {
    const turn = (last.get(key) ?? Promise.resolve()).then(task, task);
    const forget = () => {
      if (last.get(key) === turn) last.delete(key);
    };
    last.set(key, turn);
    turn.then(forget, forget);
    return turn;
  };
}
