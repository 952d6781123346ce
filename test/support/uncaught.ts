/** Collects uncaught errors, which would otherwise end the process, until the result is disposed of. */
export function collectUncaught() {
  const errors: unknown[] = [];
  const collect = (error: unknown) => void errors.push(error);
  process.on('unhandledRejection', collect).on('uncaughtException', collect);
  return {
    errors,
    [Symbol.dispose]: () => void process.off('unhandledRejection', collect).off('uncaughtException', collect),
  };
}
