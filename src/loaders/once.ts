/** Returns a function that calls `load` once and then always returns the same promise, until `forget` is called. */
export function once<T>(load: () => Promise<T>) {
  let loading: Promise<T> | undefined;
  const read = () => {
    loading ??= load();
    return loading;
  };
  const forget = () => {
    loading = undefined;
  };
  return Object.assign(read, { forget });
}
